import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { ask, type Problem, type Query } from '@/lib/api'

export interface Asked<T> {
  value: T | null         // the last good answer; it stays while a newer one is under way or has failed
  problem: Problem | null
  loading: boolean        // the first answer is not there yet
  at: Date | null         // when `value` came
  etag: string | null
  refresh: () => void
}

/// Asks as often as path or query change, and each `every` milliseconds while the page is seen. null: asks nothing.
export function useApi<T>(path: string | null, query: Query = {}, options: { every?: number; quiet?: boolean } = {}): Asked<T> {
  const [state, setState] = useState<Omit<Asked<T>, 'refresh'>>({ value: null, problem: null, loading: path !== null, at: null, etag: null })
  const [turn, setTurn] = useState(0)
  const byItself = useRef(false)
  const words = JSON.stringify(query)
  const asked = useRef('')
  useLayoutEffect(() => {   // before the frame is painted, not after it
    if (path === null) return undefined
    const stop = new AbortController()
    const key = path + words
    if (asked.current !== key) setState({ value: null, problem: null, loading: true, at: null, etag: null })
    asked.current = key
    ask<T>(path, { query: JSON.parse(words) as Query, signal: stop.signal, quiet: options.quiet ?? false, background: byItself.current }).then((answer) => {
      if (stop.signal.aborted) return
      if (answer.ok) setState({ value: answer.value, problem: null, loading: false, at: new Date(), etag: answer.etag })
      else setState((old) => ({ ...old, problem: answer.problem, loading: false }))
    }).catch(() => undefined)
    return () => stop.abort()
  }, [path, words, turn])
  useEffect(() => {
    if (!options.every || path === null) return undefined
    const timer = setInterval(() => { 
      if (document.hidden) return
      byItself.current = true
      setTurn((n) => n + 1)
    }, options.every)
    return () => clearInterval(timer)
  }, [path, options.every])
  return { ...state, refresh: useCallback(() => { byItself.current = false; setTurn((n) => n + 1) }, []) }
}
