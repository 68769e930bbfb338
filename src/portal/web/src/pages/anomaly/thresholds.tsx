import { useFilters } from '@/lib/location'
import { useSession } from '@/lib/session'
import { useApi } from '@/lib/use_api'
import { Filters } from '@/parts/filters'
import { Loaded } from '@/parts/states'
import { Table, whyEmpty } from '@/parts/table'
import { Tag } from '@/parts/tag'
import { When } from '@/parts/when'
import { Bring } from '@/pages/anomaly/bring'

interface Row {
  number: number; user: string; service: string; source: string; warning?: string; quarantine?: string; period_hours?: number; attribute?: string; minimum?: string; maximum?: string
  effective_from: string; reference: string; by: string; state: string
}
interface Notice { number: number; at: string; user_id: string; text: string }

/// Thresholds that were set, with what has become of each, and the warnings that were given.
export function Thresholds() {
  const [query] = useFilters()
  const session = useSession()
  const asked = { user: query.get('user'), before: query.get('after'), limit: 100 }
  const thresholds = useApi<{ thresholds: Row[]; next?: number }>('/anomaly/thresholds', asked)
  const notices = useApi<{ notices: Notice[] }>(session.may(['anomaly.notices.read']) ? '/anomaly/notices' : null, { user: query.get('user'), limit: 1000 })
  return (
    <>
      <h1 class="govuk-heading-l">Anomaly detection</h1>
      <p class="govuk-body">How many commands a User may ask for in a time before he is warned, and before they are held. <a class="govuk-link" href="/quarantine">Quarantined requests</a></p>
      {session.may(['anomaly.thresholds.preview']) && <div class="mw-actions"><a class="govuk-button" href="/anomaly/new">Set thresholds</a></div>}
      <Filters of={[{ name: 'user', label: 'User (EUI-64)' }]} />
      <Loaded from={thresholds}>{(value) => (
        <Table caption="Thresholds and limits, the latest first" rows={value.thresholds} rowKey={(r) => r.number} empty={whyEmpty(query)} next={value.next ?? null}
          csv={{ path: '/anomaly/thresholds', query: asked }} columns={[
            { title: 'User', cell: (r) => <span class="mw-mono mw-nowrap">{r.user}</span> }, { title: 'Service', cell: (r) => r.service },
            { title: 'Set by', cell: (r) => (r.source === 'USER' ? 'the User' : r.source === 'DCC' ? 'the DCC' : `limit of ${r.attribute}`) },
            { title: 'Warning', cell: (r) => r.warning || 'none', number: true }, { title: 'Quarantine', cell: (r) => r.quarantine || (r.attribute ? `outside ${r.minimum} to ${r.maximum}` : 'none'), number: true },
            { title: 'In hours', cell: (r) => r.period_hours ?? '', number: true }, { title: 'From', cell: (r) => <When at={r.effective_from} plain /> },
            { title: 'State', cell: (r) => <Tag colour={r.state === 'in effect' ? 'green' : r.state === 'to come' ? 'blue' : 'grey'}>{r.state}</Tag> },
            { title: 'Reference', cell: (r) => r.reference }, { title: 'Brought by', cell: (r) => r.by },
          ]} />
      )}</Loaded>
      <Loaded from={notices}>{(value) => (
        <Table caption="Warnings" rows={[...value.notices].reverse()} rowKey={(n) => n.number} csv={{ path: '/anomaly/notices', query: { user: query.get('user'), limit: 1000 } }} columns={[
          { title: 'When', cell: (n) => <When at={n.at} /> }, { title: 'User', cell: (n) => <span class="mw-mono mw-nowrap">{n.user_id}</span> }, { title: 'What', cell: (n) => n.text },
        ]} />
      )}</Loaded>
      {session.may(['anomaly.thresholds.submit']) && <Bring what="a thresholds file" path="/anomaly/thresholds" byBackUp={session.may(['anomaly.dcc.set'])} onDone={thresholds.refresh} />}
    </>
  )
}
