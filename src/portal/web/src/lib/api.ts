/// The JSON API, and the memory of what this page asked of it (for the curl lines at its foot).
export interface Problem {
  status: number
  title: string
  detail: string
  type?: string
  errors?: { field: string; detail: string }[]
  [more: string]: unknown
}
export type Answer<T> = { ok: true; value: T; etag: string | null; status: number } | { ok: false; problem: Problem }
export type Query = Record<string, string | number | boolean | undefined | null>
export interface Call { method: string; url: string; body?: string; type?: string; isSigned?: boolean }

/// Told when the platform no longer knows who is asking: the session has ended.
export const ended = new EventTarget()

let csrf = ''
export function setCsrf(value: string): void { csrf = value }

let calls: Call[] = []
const watchers = new Set<() => void>()
export function callsOfPage(): Call[] { return calls }
export function forgetCalls(): void { calls = []; watchers.forEach((tell) => tell()) }
export function watchCalls(tell: () => void): () => void { watchers.add(tell); return () => watchers.delete(tell) }
function remember(call: Call): void {
  if (calls.some((one) => one.method === call.method && one.url === call.url && one.body === call.body)) return
  calls = [...calls.filter((one) => one.method !== call.method || one.url.split('?')[0] !== call.url.split('?')[0]), call].slice(-8)
  watchers.forEach((tell) => tell())
}

/// "/api/v1" + path + ?query; path parts are the caller's to encode (part()).
export function apiUrl(path: string, query: Query = {}): string {
  const words = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '' && value !== false) words.set(name, String(value))
  }
  const text = words.toString()
  return `/api/v1${path}${text ? `?${text}` : ''}`
}
/// A reference, key or name as one part of a path.
export const part = (text: string): string => encodeURIComponent(text)

export interface AskOptions {
  method?: string
  query?: Query
  json?: unknown                  // sent as application/json
  body?: BodyInit                 // or this, with `type`
  type?: string
  ifMatch?: string
  signature?: string              // x-signature: a detached signature of the body, base64
  quiet?: boolean                 // not told at the foot of the page: the frame's own questions
  background?: boolean            // asked by the page itself and not by somebody: keeps no session open
  signal?: AbortSignal
}

export async function ask<T>(path: string, options: AskOptions = {}): Promise<Answer<T>> {
  const method = options.method ?? 'GET'
  const url = apiUrl(path, options.query)
  const headers: Record<string, string> = { accept: 'application/json' }
  let body: BodyInit | null = null
  if (options.json !== undefined) {
    body = JSON.stringify(options.json)
    headers['content-type'] = 'application/json'
  } else if (options.body !== undefined) {
    body = options.body
    if (options.type) headers['content-type'] = options.type
  }
  if (options.ifMatch) headers['if-match'] = options.ifMatch
  if (options.signature) headers['x-signature'] = options.signature
  if (options.background) headers['x-meterway-background'] = 'yes'
  if (method !== 'GET' && csrf) headers['x-meterway-csrf'] = csrf
  if (!options.quiet) {
    remember({ method, url, type: headers['content-type'], body: typeof body === 'string' ? body : body === null ? undefined : '@file', isSigned: options.signature !== undefined })
  }
  try {
    const answer = await fetch(url, { method, headers, body, credentials: 'same-origin', cache: 'no-store', signal: options.signal ?? null })
    const type = answer.headers.get('content-type') ?? ''
    const text = await answer.text()
    if (!answer.ok) {
      if (answer.status === 401 && path !== '/session') ended.dispatchEvent(new Event('ended'))
      return { ok: false, problem: readProblem(answer.status, type, text) }
    }
    const value = (type.includes('json') && text ? JSON.parse(text) : text) as T
    return { ok: true, value, etag: answer.headers.get('etag'), status: answer.status }
  } catch (error) {
    if ((error as Error).name === 'AbortError') throw error
    return { ok: false, problem: { status: 0, title: 'the platform does not answer', detail: 'No answer came. It may be restarting; nothing that was accepted is lost.' } }
  }
}

function readProblem(status: number, type: string, text: string): Problem {
  if (type.includes('json')) {
    try {
      const problem = JSON.parse(text) as Partial<Problem>
      return { ...problem, status, title: problem.title ?? `status ${status}`, detail: problem.detail ?? '' } as Problem
    } catch { /* told as text */ }
  }
  return { status, title: `status ${status}`, detail: text.slice(0, 500) }
}

/// What a person would type to get the same.
export function curlOf(call: Call): string {
  const quoted = (text: string) => `'${text.replace(/'/g, `'\\''`)}'`
  const words = ['curl', '-H', '"Authorization: Bearer $TOKEN"']
  if (call.method !== 'GET') words.push('-X', call.method)
  if (call.type) words.push('-H', quoted(`Content-Type: ${call.type}`))
  if (call.isSigned) words.push('-H', '"x-signature: $(base64 -w0 FILE.p7s)"')
  if (call.body === '@file') words.push('--data-binary', '@FILE')
  else if (call.body !== undefined) words.push('-d', quoted(call.body))
  words.push(quoted(location.origin + call.url))
  return words.join(' ')
}
