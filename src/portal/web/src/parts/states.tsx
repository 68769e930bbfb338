import type { ComponentChildren } from 'preact'
import type { Problem } from '@/lib/api'
import type { Asked } from '@/lib/use_api'
import { When } from '@/parts/when'

/// Why there is nothing to see. Each has its own words, for "nothing" must never be guessed at.
export type EmptyReason = 'none' | 'filtered' | 'forbidden' | 'delayed'
const kWords: Record<EmptyReason, string> = {
  none: 'No data: there is nothing here yet.',
  filtered: 'Filtered out: nothing fits these filters.',
  forbidden: 'Not permitted: what is here is not for you.',
  delayed: 'Delayed: the source has not told anything for too long; what is missing may still come.',
}
export function Empty({ why, children }: { why: EmptyReason; children?: ComponentChildren }) {
  return <div class="mw-empty" data-empty={why}><p class="govuk-body"><strong>{kWords[why]}</strong></p>{children && <div class="govuk-body">{children}</div>}</div>
}

export function ProblemBox({ problem }: { problem: Problem }) {
  if (problem.status === 403) return <Empty why="forbidden"><p>{problem.detail}</p></Empty>
  return (
    <div class="mw-problem" role="alert">
      <p class="govuk-body"><strong>{problem.status ? `${problem.status}: ` : ''}{problem.title}</strong></p>
      {problem.detail && <p class="govuk-body">{problem.detail}</p>}
      {problem.errors?.map((one) => <p class="govuk-body" key={one.field}><code>{one.field}</code>: {one.detail}</p>)}
    </div>
  )
}

/// What was asked of the API: waiting, refused, or there; with its age when it could not be renewed.
export function Loaded<T>({ from, children }: { from: Asked<T>; children: (value: T) => ComponentChildren }) {
  if (from.value === null) {
    if (from.problem) return <ProblemBox problem={from.problem} />
    return from.loading ? <p class="govuk-body mw-muted" aria-live="polite">Loading…</p> : null
  }
  return (
    <>
      {from.problem && <div class="mw-problem" role="alert"><p class="govuk-body">
        <strong>Not up to date.</strong> {from.problem.title}. What is shown is as of <When at={from.at?.toISOString()} />.</p></div>}
      {children(from.value)}
    </>
  )
}
