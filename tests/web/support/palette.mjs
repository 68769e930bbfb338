// A picture of a page with 256 colours at most: a third of the bytes, and a page has hardly more.
import { deflateSync, inflateSync } from 'node:zlib'

const kSignature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])

/// `png`: 8 bits a channel, RGB or RGBA, not interlaced, as Chromium writes it.
export function withPalette(png) {
  const { width, height, pixels } = read(png)
  const counts = new Map()
  for (const one of pixels) counts.set(one, (counts.get(one) ?? 0) + 1)
  const palette = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, 256).map(([colour]) => colour)
  const indexOf = new Map(palette.map((colour, i) => [colour, i]))
  const rows = Buffer.alloc((width + 1) * height)   // each begins with its filter, none
  pixels.forEach((colour, at) => {
    if (!indexOf.has(colour)) indexOf.set(colour, nearest(palette, colour))
    rows[Math.floor(at / width) * (width + 1) + 1 + at % width] = indexOf.get(colour)
  })
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head.set([8, 3], 8)
  const colours = Buffer.from(palette.flatMap((one) => [one >> 16, (one >> 8) & 255, one & 255]))
  return Buffer.concat([kSignature, chunk('IHDR', head), chunk('PLTE', colours), chunk('IDAT', deflateSync(rows, { level: 9 })), chunk('IEND', Buffer.alloc(0))])
}

function read(png) {
  const width = png.readUInt32BE(16), height = png.readUInt32BE(20), channels = { 2: 3, 6: 4 }[png[25]]
  if (png[24] !== 8 || !channels || png[28] !== 0) throw new Error('a picture of another kind')
  const data = []
  for (let at = 8; at < png.length; at += png.readUInt32BE(at) + 12) {
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT') data.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)))
  }
  const bytes = inflateSync(Buffer.concat(data)), stride = width * channels
  let above = Buffer.alloc(stride)
  const pixels = new Uint32Array(width * height)
  for (let y = 0; y < height; ++y) {
    const filter = bytes[y * (stride + 1)], row = Buffer.from(bytes.subarray(y * (stride + 1) + 1, (y + 1) * (stride + 1)))
    for (let x = 0; x < stride; ++x) {
      const left = x < channels ? 0 : row[x - channels], corner = x < channels ? 0 : above[x - channels]
      row[x] += [0, left, above[x], (left + above[x]) >> 1, paeth(left, above[x], corner)][filter]
    }
    for (let x = 0; x < width; ++x) pixels[y * width + x] = row.readUIntBE(x * channels, 3)
    above = row
  }
  return { width, height, pixels }
}

function paeth(left, above, corner) {
  const guess = left + above - corner
  const [a, b, c] = [left, above, corner].map((one) => Math.abs(guess - one))
  return a <= b && a <= c ? left : b <= c ? above : corner
}

function nearest(palette, colour) {
  let best = 0, least = Infinity
  palette.forEach((one, i) => {
    const far = [16, 8, 0].reduce((sum, shift) => sum + (((one >> shift) & 255) - ((colour >> shift) & 255)) ** 2, 0)
    if (far < least) { best = i; least = far }
  })
  return best
}

/// Of PNG; that of zlib is younger than Debian 12's Node.
function crc32(bytes) {
  let sum = ~0
  for (const one of bytes) {
    sum ^= one
    for (let n = 0; n < 8; ++n) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0)
  }
  return ~sum >>> 0
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]), out = Buffer.alloc(body.length + 8)
  out.writeUInt32BE(data.length, 0)
  body.copy(out, 4)
  out.writeUInt32BE(crc32(body), body.length + 4)
  return out
}
