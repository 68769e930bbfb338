import { ask, type Problem, type Query } from '@/lib/api'

/// A line of GET /api/v1/events (docs/wire/api.md).
export interface EventLine {
  sequence: number; time: string; key: string; step: string; outcome: string; detail: string; area: string; tone: string; bytes: number
  user: string | null; device: string | null; hub: string | null; region: string | null; service: string | null
  events?: number; first?: string
}
export interface Feed {
  events: EventLine[]; next: number; more: boolean; newest: number; looked_at: number; fitted: number; shown: number; one_in: number
  requests?: number; as_of: string; removed?: { sequence: number; latest: string }
}

/// How many lines a page holds at most, however much happens: memory stays what it is.
export const kMostRows = 300
/// Of one answer while it is live; what is more is thinned, and said to be.
export const kMostOfAnswer = 100

/// What is on the page: the youngest line first, one a request where lines are grouped.
export interface View {
  rows: EventLine[]
  cursor: number        // of live: what has been seen
  older: number | null  // of history: where the page before begins; null: there is none
  last: Feed | null     // the last answer, for what it left out
  sinceAsked: { looked: number; fitted: number; shown: number }   // over all answers of live
}
export const emptyView: View = { rows: [], cursor: 0, older: null, last: null, sinceAsked: { looked: 0, fitted: 0, shown: 0 } }

export const lineKey = (line: EventLine, grouped: boolean): string => (grouped ? line.key : String(line.sequence))

/// Newer lines come on top. A request that goes on is moved there with its new step; what is too much goes at the end.
export function withNewer(view: View, feed: Feed, grouped: boolean): View {
  const rows = new Map<string, EventLine>()
  for (const line of [...feed.events].sort((a, b) => b.sequence - a.sequence)) rows.set(lineKey(line, grouped), line)
  for (const line of view.rows) {
    const key = lineKey(line, grouped)
    const newer = rows.get(key)
    if (newer === undefined) rows.set(key, line)
    else if (newer !== line && grouped) rows.set(key, { ...newer, events: (newer.events ?? 1) + (line.events ?? 1), first: line.first ?? line.time })
  }
  const kept = [...rows.values()].slice(0, kMostRows)
  const cut = rows.size > kept.length
  return {
    rows: kept, cursor: feed.next, last: feed,
    older: cut || view.older !== null ? (kept.at(-1)?.sequence ?? view.older) : null,
    sinceAsked: { looked: view.sinceAsked.looked + feed.looked_at, fitted: view.sinceAsked.fitted + feed.fitted, shown: view.sinceAsked.shown + feed.shown },
  }
}

/// Older lines come at the end; what is too much goes on top, and the page is no longer live.
export function withOlder(view: View, feed: Feed, grouped: boolean): View {
  const known = new Set(view.rows.map((line) => lineKey(line, grouped)))
  const rows = [...view.rows, ...feed.events.filter((line) => !known.has(lineKey(line, grouped)))].slice(-kMostRows)
  return { ...view, rows, older: feed.more ? feed.next : null, last: feed }
}

export async function askFeed(query: Query, quiet: boolean, signal?: AbortSignal): Promise<Feed | Problem> {
  const answer = await ask<Feed>('/events', { query, quiet, background: quiet, ...(signal ? { signal } : {}) })
  return answer.ok ? answer.value : answer.problem
}
export const isProblem = (answer: Feed | Problem): answer is Problem => 'status' in answer && 'title' in answer
