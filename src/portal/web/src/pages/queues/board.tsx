import { useFilters } from '@/lib/location'
import { span } from '@/lib/time'
import { useApi } from '@/lib/use_api'
import { Filters } from '@/parts/filters'
import { Loaded } from '@/parts/states'
import { Table, whyEmpty } from '@/parts/table'
import { Tag } from '@/parts/tag'
import { When } from '@/parts/when'

interface Queue {
  class: string; depth: number; oldest: string | null; oldest_age_seconds?: number; given_up: number; too_large: number
  taken_last_minute: number; taken_last_5_minutes: number; ahead: number; drain_by: string | null; reckoned: string
}
interface Owed {
  user: string; name: string; depth: number; under_way: number; failures: number; next_push: string | null; taken_last_minute: number
  taken_last_5_minutes: number; pushes_per_second: number | null; drain_by: string | null; reckoned: string; classes: Queue[]; under_maintenance?: string[]
}
interface Backlog { users: Owed[]; as_of: string; maintenance?: { reference: string }[] }
interface Row extends Queue { owed: Owed }

const age = (queue: Queue): string => (queue.oldest_age_seconds === undefined ? '–' : span(queue.oldest_age_seconds * 1e6))

/// What Users are owed, by User and class: how much, how old, how fast it goes, by when it is gone, and how that is reckoned.
export function QueueBoard() {
  const [query] = useFilters()
  const user = query.get('user') ?? ''
  const backlog = useApi<Backlog>('/backlog', { user }, { every: 5000 })
  return (
    <>
      <h1 class="govuk-heading-l">Queues</h1>
      <p class="govuk-body">What waits to be delivered. A queue is judged by the age of its oldest: it may be short and stand still.</p>
      <Filters of={[{ name: 'user', label: 'User (EUI-64)' }]} />
      <Loaded from={backlog}>{(value) => {
        const queues = value.users.flatMap((owed) => owed.classes.map((one): Row => ({ ...one, owed })))
          .sort((a, b) => (b.oldest_age_seconds ?? -1) - (a.oldest_age_seconds ?? -1))
        const waiting = value.users.reduce((sum, one) => sum + one.depth, 0)
        return (
          <>
            <p class="govuk-body"><strong>{waiting}</strong> deliveries wait, for {value.users.filter((one) => one.depth > 0).length} of {value.users.length} Users. <span class="mw-muted">As of <When at={value.as_of} plain />.</span></p>
            <Table caption="By User and class, the oldest first" rows={queues} rowKey={(q) => `${q.owed.user} ${q.class}`} empty={whyEmpty(query)}
              emptyWords={user ? undefined : 'Nobody is owed anything, and nothing was delivered in the last five minutes.'} csv={{ path: '/backlog', query: { user } }} columns={[
                { title: 'User', cell: (q) => <a class="govuk-link" href={`/queues?user=${q.owed.user}`}>{q.owed.name || q.owed.user}</a> },
                { title: 'Class', cell: (q) => q.class },
                { title: 'Depth', cell: (q) => q.depth, number: true },
                { title: 'Oldest', cell: (q) => age(q), number: true },
                { title: 'Taken in 1 min', cell: (q) => q.taken_last_minute, number: true },
                { title: 'In 5 min', cell: (q) => q.taken_last_5_minutes, number: true },
                { title: 'Agreed a second', cell: (q) => q.owed.pushes_per_second ?? 'none', number: true },
                { title: 'Empty by', cell: (q) => (q.depth === 0 ? <Tag colour="green">empty</Tag> : q.drain_by ? <When at={q.drain_by} /> : <Tag colour="red">not known</Tag>) },
                { title: 'How that is reckoned', cell: (q) => q.reckoned },
                { title: 'Given up', cell: (q) => (q.given_up ? `${q.given_up}${q.too_large ? `, ${q.too_large} too large` : ''}` : 0), number: true },
              ]} />
            <Table caption="Users" rows={value.users} rowKey={(u) => u.user} empty={whyEmpty(query)} columns={[
              { title: 'User', cell: (u) => <>{u.name} <span class="mw-mono mw-nowrap">{u.user}</span></> },
              { title: 'Depth', cell: (u) => u.depth, number: true }, { title: 'Under way', cell: (u) => u.under_way, number: true },
              { title: 'Failures in a row', cell: (u) => u.failures, number: true },
              { title: 'Next push', cell: (u) => <When at={u.next_push} /> },
              { title: 'Empty by', cell: (u) => (u.drain_by ? <When at={u.drain_by} /> : u.depth ? <Tag colour="red">not known</Tag> : <Tag colour="green">empty</Tag>) },
              { title: 'How that is reckoned', cell: (u) => u.reckoned },
              { title: 'Maintenance now', cell: (u) => (u.under_maintenance ?? []).map((w) => <a key={w} class="govuk-link" href={`/ledger/maintenance/${encodeURIComponent(w)}`}>{w}</a>) },
            ]} />
          </>
        )
      }}</Loaded>
    </>
  )
}
