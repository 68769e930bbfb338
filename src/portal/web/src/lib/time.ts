import { createContext } from 'preact'

/// Times are UTC unless the reader has asked for his own (kept in this browser alone).
export const ZoneContext = createContext<{ local: boolean; setLocal: (local: boolean) => void }>({ local: false, setLocal: () => undefined })
export const readLocal = (): boolean => localStorage.getItem('meterway.zone') === 'local'
export const keepLocal = (local: boolean): void => localStorage.setItem('meterway.zone', local ? 'local' : 'utc')

const two = (n: number) => String(n).padStart(2, '0')

/// "2026-11-23 17:32:22.319 UTC": with as many decimals as the text has (at most 6); a date stays a date.
export function absolute(iso: string, local: boolean): string {
  if (/^\d{4}-\d{2}-\d{2}$/.test(iso)) return iso
  const at = new Date(iso)
  if (Number.isNaN(at.getTime())) return iso
  const decimals = /\.(\d{1,6})/.exec(iso)?.[1] ?? ''
  const tail = decimals && !/^0+$/.test(decimals) ? `.${decimals}` : ''
  if (!local) {
    return `${at.getUTCFullYear()}-${two(at.getUTCMonth() + 1)}-${two(at.getUTCDate())} ${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}${tail} UTC`
  }
  const zone = Intl.DateTimeFormat('en-GB', { timeZoneName: 'short' }).formatToParts(at).find((p) => p.type === 'timeZoneName')?.value ?? 'local'
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}${tail} ${zone}`
}

/// "3 minutes ago", "in 2 days".
export function relative(iso: string, now: number = Date.now()): string {
  const at = new Date(/^\d{4}-\d{2}-\d{2}$/.test(iso) ? `${iso}T00:00:00Z` : iso).getTime()
  if (Number.isNaN(at)) return ''
  const seconds = Math.round((at - now) / 1000)
  const size = Math.abs(seconds)
  if (size < 5) return 'now'
  const [n, unit] = size < 90 ? [size, 'second'] : size < 5400 ? [Math.round(size / 60), 'minute']
    : size < 129600 ? [Math.round(size / 3600), 'hour'] : [Math.round(size / 86400), 'day']
  const words = `${n} ${unit}${n === 1 ? '' : 's'}`
  return seconds < 0 ? `${words} ago` : `in ${words}`
}

/// "1.2 ms", "3 min 5 s".
export function span(microseconds: number): string {
  if (microseconds < 1000) return `${microseconds} µs`
  if (microseconds < 1e6) return `${(microseconds / 1000).toPrecision(3)} ms`
  const s = microseconds / 1e6
  if (s < 60) return `${s.toFixed(2)} s`
  if (s < 3600) return `${Math.floor(s / 60)} min ${Math.round(s % 60)} s`
  if (s < 86400) return `${Math.floor(s / 3600)} h ${Math.round((s % 3600) / 60)} min`
  return `${Math.floor(s / 86400)} d ${Math.round((s % 86400) / 3600)} h`
}
