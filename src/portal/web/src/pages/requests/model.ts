import type { Colour } from '@/parts/tag'

/// Answers of /requests and /trace/<key> (docs/wire/api.md, section 2).
export interface RequestRow {
  key: string; time: string; user: string; device: string; counter: number; leg: string; service: string | null; service_name: string | null
  refusal: string | null; state: string; code: string | null; who: string; who_words: string; next: string
}
export interface Requests { requests: RequestRow[]; next: string | null; looked_at: number; as_of: string; exact?: string; left_out?: string }

export interface Verdict {
  state: string; who: string; who_words: string; next: string; since: string; area: string; code: string | null; code_means: string | null
  why: string; delivery: string | null; row: string; source: string; how_sure: string
}
export interface Part { offset: number; size: number; name: string; value: string }
export interface Rule { name: string; clause: string; how_sure: string; source: string; says: string }
export interface MessageHeader {
  kind: string; code: string; use_case: string | null; name: string | null; originator: string; target: string; counter: number; signed: boolean; mac: boolean
}
export interface Step {
  event: number; time: string; step: string; outcome: string; area: string; tone: string; title: string; detail: string; spent: string
  duration_us?: number; rule?: Rule; size?: number; header?: MessageHeader; parts?: Part[]
}
export interface TraceEvent { time: string; step: string; outcome: string; detail: string; bytes?: string; message?: unknown }
export interface Trace {
  request_id: string; as_of: string; verdict: Verdict; events: TraceEvent[]; steps: Step[]
  legs: { leg: string; received: string; command_variant: number; use_case: string; document_bytes: number }[]
  links: { relation: string; key: string }[]; keys: { role: string; owner: string; serial: string | null; in_use_now: boolean }[]
  originator?: string; target?: string; counter?: number; service?: string; service_name?: string; curl?: string[]; left_out?: string
}

const kWho: Record<string, Colour> = { done: 'green', in_progress: 'blue', platform: 'red', operations: 'orange' }
/// The colour of whose move it is: the User's own are yellow.
export const whoColour = (who: string): Colour => kWho[who] ?? 'yellow'

const kTone: Record<string, Colour> = { done: 'green', going: 'blue', held: 'yellow', refused: 'red', failed: 'red' }
export const toneColour = (tone: string): Colour => kTone[tone] ?? 'grey'

export const plainWords = (name: string): string => name.replace(/_/g, ' ')

/// "412 us", "3.2 ms", "1 min 4 s": a duration as people read it, never more exact than it is.
export function duration(us: number): string {
  if (us < 1000) return `${us} µs`
  if (us < 1_000_000) return `${(us / 1000).toFixed(us < 10_000 ? 2 : 1)} ms`
  const seconds = us / 1_000_000
  if (seconds < 60) return `${seconds.toFixed(2)} s`
  const minutes = Math.floor(seconds / 60)
  return minutes < 60 ? `${minutes} min ${Math.round(seconds % 60)} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}
