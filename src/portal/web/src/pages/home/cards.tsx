import type { ComponentChildren } from 'preact'
import type { LedgerRecord } from '@/lib/ledger'
import { recordPath } from '@/lib/ledger'
import { useApi, type Asked } from '@/lib/use_api'
import { When } from '@/parts/when'
import { textOf, type Window } from '@/pages/maintenance/calendar'

/// One number that leads to its rows.
function Card<T>({ title, from, big, children }: { title: string; from: Asked<T>; big: (value: T) => ComponentChildren; children?: (value: T) => ComponentChildren }) {
  return (
    <section class="mw-card" aria-label={title}>
      <h2>{title}</h2>
      {from.value !== null ? <><p class="mw-big">{big(from.value)}</p>{children?.(from.value)}</>
        : from.problem ? <p>Not known: {from.problem.title}</p> : <p class="mw-muted">Loading…</p>}
    </section>
  )
}

interface Backlog { users: { user: string; depth: number; classes: { oldest_age_seconds?: number }[]; drain_seconds: number | null }[] }
export function Queues() {
  const backlog = useApi<Backlog>('/backlog', {}, { every: 10000 })
  return (
    <Card title="Owed to Users" from={backlog} big={(v) => <a class="govuk-link" href="/queues">{v.users.reduce((sum, u) => sum + u.depth, 0)}</a>}>
      {(v) => <p>{v.users.filter((u) => u.depth > 0).length} of {v.users.length} Users wait for something</p>}
    </Card>
  )
}

interface Page { records: LedgerRecord[]; total: number }
export function OpenIncidents() {
  const open = useApi<Page>('/ledger/incident', { state: 'open', limit: 3 })
  return (
    <Card title="Open incidents" from={open} big={(v) => <a class="govuk-link" href="/ledger/incident?state=open">{v.total}</a>}>
      {(v) => <>{v.records.map((r) => <p key={r.reference}><a class="govuk-link" href={recordPath('incident', r.reference)}>{r.reference}</a> {String(r.fields.title ?? '')}</p>)}</>}
    </Card>
  )
}

export function ComingMaintenance() {
  const from = new Date().toISOString().slice(0, 10)
  const to = new Date(Date.now() + 14 * 86400e3).toISOString().slice(0, 10)
  const coming = useApi<{ windows: Window[]; total: number }>('/maintenance', { from, to })
  return (
    <Card title="Maintenance in the next 14 days" from={coming} big={(v) => <a class="govuk-link" href={`/maintenance?from=${from}&to=${to}`}>{v.total}</a>}>
      {(v) => <>{v.windows.slice(0, 3).map((w) => <p key={w.reference}><When at={textOf(w, 'start')} /> {textOf(w, 'provider')}</p>)}</>}
    </Card>
  )
}

export function NextActions({ party }: { party: string }) {
  const mine = useApi<Page>('/ledger/action', { state: 'open', owner: party, limit: 3 })
  return (
    <Card title="Actions that wait for you" from={mine} big={(v) => <a class="govuk-link" href={`/ledger/action?state=open&owner=${encodeURIComponent(party)}`}>{v.total}</a>}>
      {(v) => <>{v.records.map((r) => <p key={r.reference}><a class="govuk-link" href={recordPath('action', r.reference)}>{r.reference}</a> {String(r.fields.due ?? '')}</p>)}</>}
    </Card>
  )
}
