import { part } from '@/lib/api'
import { useFilters } from '@/lib/location'
import { useApi } from '@/lib/use_api'
import { Filters } from '@/parts/filters'
import { Loaded } from '@/parts/states'
import { Table, whyEmpty } from '@/parts/table'
import { Tag, type Colour } from '@/parts/tag'
import { When } from '@/parts/when'

interface Alert {
  sequence: number; time: string; key: string; code: string; meaning: string | null; by: string; device: string | null; hub: string | null; region: string | null; state: string
  told: { user: string; queued: string; class: string }[]; delivered: number; given_up: number; failures: number; delivered_at: string | null; held: string | null
}
interface Alerts { alerts: Alert[]; next: number | null; more: boolean; looked_at: number; as_of: string; removed?: { latest: string } }
interface Storm { id: string; device: string; code: string; meaning: string | null; number: number; since: string; held: number; next_summary: string; last: string; users: string[]; why: string }

const kColours: Record<string, Colour> = { delivered: 'green', queued: 'blue', held: 'yellow', 'given up': 'red', nobody: 'grey' }

/// Alerts of devices and of the DCC: what each says, who was told, what became of it; and what is held back as a storm, with why.
export function AlertInbox() {
  const [query] = useFilters()
  const asked = Object.fromEntries(['user', 'device', 'code', 'q', 'from', 'to'].map((name) => [name, query.get(name) ?? '']))
  const alerts = useApi<Alerts>('/alerts', { ...asked, after: query.get('after'), limit: 100 }, query.has('after') ? {} : { every: 5000 })
  const storms = useApi<{ storms: Storm[] }>('/alerts/storms', { device: asked.device }, { every: 10000 })
  return (
    <>
      <h1 class="govuk-heading-l">Alerts</h1>
      <Filters of={[
        { name: 'code', label: 'Code (8F3E, AD1)' }, { name: 'device', label: 'Device' }, { name: 'user', label: 'User who was told' }, { name: 'q', label: 'Words' },
        { name: 'from', label: 'From (2026-11-01T08:00:00Z)' }, { name: 'to', label: 'To' },
      ]} />
      <Loaded from={alerts}>{(value) => (
        <>
          <p class="govuk-body mw-muted">As of <When at={value.as_of} plain />; {value.looked_at} events looked at for these.
            {value.more && value.alerts.length < 100 && ' There are more events behind: the next page goes on with them.'}
            {value.removed && <> What is older than <When at={value.removed.latest} plain /> was removed by its age.</>}</p>
          <Table caption="Alerts, the latest first" rows={value.alerts} rowKey={(a) => a.sequence} next={value.next} empty={whyEmpty(query)} csv={{ path: '/alerts', query: { ...asked, limit: 10000 } }} columns={[
            { title: 'Time', cell: (a) => <When at={a.time} /> },
            { title: 'Code', cell: (a) => <a class="govuk-link mw-mono mw-nowrap" href={`/trace/${part(a.key)}`}>{a.code}</a> },
            { title: 'Meaning', cell: (a) => <div class="mw-detail">{a.meaning ?? 'no table has a name for it'}</div> },
            { title: 'By', cell: (a) => (a.by === 'dcc' ? 'DCC' : 'device') },
            { title: 'Device', cell: (a) => a.device && <a class="govuk-link mw-mono mw-nowrap" href={`/alerts?device=${a.device}`}>{a.device}</a> },
            { title: 'Region', cell: (a) => a.region ?? 'unknown' },
            { title: 'State', cell: (a) => <Tag colour={kColours[a.state] ?? 'grey'}>{a.state}</Tag> },
            { title: 'Told', cell: (a) => a.told.map((one) => <span key={one.user} class="mw-mono mw-nowrap">{one.user} </span>) },
            { title: 'Delivered', cell: (a) => `${a.delivered} of ${a.told.length}${a.failures ? `, ${a.failures} pushes failed` : ''}`, number: true },
            { title: 'Why held', cell: (a) => <div class="mw-detail">{a.held ?? ''}</div> },
          ]} />
        </>
      )}</Loaded>
      <Loaded from={storms}>{(value) => (
        <Table caption="Storms that are held back now" rows={value.storms} rowKey={(s) => s.id} emptyWords="No device tells of the same thing again and again." csv={{ path: '/alerts/storms', query: { device: asked.device } }} columns={[
          { title: 'Device', cell: (s) => <a class="govuk-link mw-mono mw-nowrap" href={`/alerts?device=${s.device}`}>{s.device}</a> },
          { title: 'Code', cell: (s) => <span class="mw-mono mw-nowrap">{s.code}</span> },
          { title: 'Meaning', cell: (s) => s.meaning ?? '' },
          { title: 'Since', cell: (s) => <When at={s.since} /> },
          { title: 'Held', cell: (s) => <a class="govuk-link" href={`/live?outcome=throttled&device=${s.device}&grouped=no`}>{s.held}</a>, number: true },
          { title: 'Summed up at', cell: (s) => <When at={s.next_summary} /> },
          { title: 'Why', cell: (s) => s.why },
        ]} />
      )}</Loaded>
    </>
  )
}
