import { useEffect, useState } from 'preact/hooks'
import { forgetCalls } from '@/lib/api'

/// Where we are is the URL and nothing else: path, and filters in the query.
const changed = new EventTarget()

/// What the page before asked of the API is forgotten before the next one asks.
let seen = location.pathname
function leave(): void {
  if (seen !== location.pathname) forgetCalls()
  seen = location.pathname
}

export function navigate(to: string, options: { replace?: boolean } = {}): void {
  const url = new URL(to, location.href)
  if (url.origin !== location.origin) return   // pages lead to pages; nothing here leads elsewhere
  if (options.replace) history.replaceState(null, '', url.pathname + url.search + url.hash)
  else history.pushState(null, '', url.pathname + url.search + url.hash)
  leave()
  changed.dispatchEvent(new Event('change'))
}

export interface Here { path: string; query: URLSearchParams }
const here = (): Here => ({ path: location.pathname, query: new URLSearchParams(location.search) })

export function useHere(): Here {
  const [at, setAt] = useState(here)
  useEffect(() => {
    const tell = () => setAt(here())
    changed.addEventListener('change', tell)
    window.addEventListener('popstate', tell)
    return () => {
      changed.removeEventListener('change', tell)
      window.removeEventListener('popstate', tell)
    }
  }, [])
  return at
}

/// The filters of this page, and how to change some of them: an empty value takes one away. `after` (the next page of a
/// list) goes with every other change.
export function useFilters(): [URLSearchParams, (change: Record<string, string>, options?: { replace?: boolean }) => void] {
  const { query } = useHere()
  return [query, (change, options) => navigate(withFilters(change), options)]
}

export function withFilters(change: Record<string, string>): string {
  const next = new URLSearchParams(location.search)
  if (!('after' in change)) next.delete('after')
  for (const [name, value] of Object.entries(change)) {
    if (value === '') next.delete(name)
    else next.set(name, value)
  }
  const text = next.toString()
  return location.pathname + (text ? `?${text}` : '')
}

/// Links between pages do not load the page anew. Called once.
export function followLinks(): void {
  window.addEventListener('popstate', leave)
  document.addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    const link = (event.target as Element | null)?.closest?.('a')
    if (!link || !link.href || link.target || link.hasAttribute('download')) return
    const url = new URL(link.href)
    if (url.origin !== location.origin || url.pathname.startsWith('/api/') || url.pathname === '/openapi.json') return
    if (url.pathname === location.pathname && url.search === location.search && url.hash) return
    event.preventDefault()
    navigate(url.pathname + url.search + url.hash)
  })
}

/// What a sign-in page may lead back to: a path of ours, never another host ("//host" and "/\host" are hosts to a browser).
export function localPath(text: string | null): string {
  if (!text || !/^\/(?![/\\])/.test(text) || /[\u0000-\u001f\\]/.test(text)) return '/'
  return text
}
