/// What everybody must know on every page; filled by what the platform says of itself.
export function Banners() {
  return null
}
