import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import type { Problem, Query } from '@/lib/api'
import { askFeed, emptyView, isProblem, kMostOfAnswer, withNewer, withOlder, type View } from '@/pages/live/feed'

const kBetween = 1000  // milliseconds from an answer to the next question

export interface Live {
  view: View
  problem: Problem | null
  loading: boolean
  asOf: Date | null
  older: () => Promise<void>
}

/// The feed of these filters: its last lines at once, then, while it is live, what comes, second by second. `again` begins
/// anew. A page that nobody sees asks nothing.
export function useFeed(filters: Query, grouped: boolean, live: boolean, again: number): Live {
  const [state, setState] = useState<{ view: View; problem: Problem | null; loading: boolean; asOf: Date | null }>(
    { view: emptyView, problem: null, loading: true, asOf: null })
  const words = JSON.stringify(filters)
  const lines: Query = { ...filters, ...(grouped ? { grouped: 'request' } : {}) }
  const view = useRef(emptyView)
  const begun = useRef('')

  useEffect(() => {
    const stop = new AbortController()
    const key = `${words} ${grouped} ${again}`
    let timer: ReturnType<typeof setTimeout> | undefined
    const failed = (problem: Problem) => setState((old) => ({ ...old, problem, loading: false }))
    const begin = async () => {
      view.current = emptyView
      setState({ view: emptyView, problem: null, loading: true, asOf: null })
      const first = await askFeed({ ...lines, order: 'newest', limit: kMostOfAnswer }, false, stop.signal)
      if (isProblem(first)) return failed(first)
      view.current = { ...withOlder(emptyView, first, grouped), cursor: first.newest }
      begun.current = key
      setState({ view: view.current, problem: null, loading: false, asOf: new Date() })
    }
    const goOn = async () => {
      let wait = kBetween
      if (!document.hidden) {
        const news = await askFeed({ ...lines, after: view.current.cursor, sample: 'yes', limit: kMostOfAnswer }, true, stop.signal)
        if (isProblem(news)) failed(news)
        else {
          view.current = withNewer(view.current, news, grouped)
          setState({ view: view.current, problem: null, loading: false, asOf: new Date() })
          if (news.more) wait = 50
        }
      }
      timer = setTimeout(() => { goOn().catch(() => undefined) }, wait)
    }
    const run = async () => {
      if (begun.current !== key) await begin()
      if (live && begun.current === key) timer = setTimeout(() => { goOn().catch(() => undefined) }, kBetween)
    }
    run().catch(() => undefined)
    return () => {
      stop.abort()
      clearTimeout(timer)
    }
  }, [words, grouped, live, again])

  const older = useCallback(async () => {
    if (view.current.older === null) return
    const feed = await askFeed({ ...lines, order: 'newest', after: view.current.older, limit: kMostOfAnswer }, false)
    if (isProblem(feed)) {
      setState((old) => ({ ...old, problem: feed }))
      return
    }
    view.current = withOlder(view.current, feed, grouped)
    setState((old) => ({ ...old, view: view.current, problem: null }))
  }, [words, grouped, again])
  return { ...state, older }
}
