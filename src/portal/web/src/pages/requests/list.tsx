import { useEffect } from 'preact/hooks'
import { part } from '@/lib/api'
import { navigate, useFilters } from '@/lib/location'
import { useApi } from '@/lib/use_api'
import { Filters } from '@/parts/filters'
import { Loaded } from '@/parts/states'
import { Table, whyEmpty } from '@/parts/table'
import { Tag } from '@/parts/tag'
import { When } from '@/parts/when'
import { plainWords, whoColour, type Requests } from '@/pages/requests/model'

const kFilters = ['q', 'user', 'device', 'service', 'outcome', 'from', 'to'] as const

export const traceOf = (key: string): string => `/trace/${part(key)}`

/// What came, the youngest first. A RequestID that is pasted whole leads straight to its trace.
export function RequestList() {
  const [query] = useFilters()
  const asked = Object.fromEntries([...kFilters, 'after'].map((name) => [name, query.get(name)]))
  const requests = useApi<Requests>('/requests', asked)
  const exact = requests.value?.exact && requests.value.requests.length > 0 ? requests.value.exact : ''
  useEffect(() => { if (exact) navigate(traceOf(exact), { replace: true }) }, [exact])
  return (
    <>
      <h1 class="govuk-heading-l">Requests</h1>
      <Filters of={[
        { name: 'q', label: 'RequestID, device, service or code' }, { name: 'user', label: 'User' }, { name: 'device', label: 'Device' },
        { name: 'service', label: 'Service' }, { name: 'outcome', label: 'Outcome', choices: kOutcomes }, { name: 'from', label: 'From (UTC)' }, { name: 'to', label: 'To (UTC)' },
      ]} />
      <Loaded from={requests}>{(value) => (
        <>
          <Table caption="Requests, the youngest first" rows={value.requests} rowKey={(r) => r.key + r.leg + r.time} next={value.next}
            csv={{ path: '/requests', query: asked }} empty={whyEmpty(query)}
            emptyWords={value.exact ? <p>Nothing is known of <code>{value.exact}</code>, or it is not yours.</p> : undefined}
            columns={[
              { title: 'Time', cell: (r) => <When at={r.time} /> },
              { title: 'Request', cell: (r) => <a class="govuk-link mw-mono" href={traceOf(r.key)}>{r.key}</a> },
              { title: 'Service', cell: (r) => (r.service ? <>{r.service}<br /><span class="mw-muted">{r.service_name}</span></> : <span class="mw-muted">not read</span>) },
              { title: 'Stands', cell: (r) => <>{plainWords(r.state)}{r.code ? ` (${r.code})` : ''}{r.leg !== 'request' && <><br /><span class="mw-muted">{r.leg}</span></>}</> },
              { title: 'Whose move', cell: (r) => <><Tag colour={whoColour(r.who)}>{plainWords(r.who)}</Tag><br /><span class="mw-muted">{r.next}</span></> },
            ]} />
          {value.left_out && <p class="govuk-body">{value.looked_at} looked at: {value.left_out}.</p>}
        </>
      )}</Loaded>
    </>
  )
}

const kOutcomes = [
  { value: 'done', label: 'done' }, { value: 'in_progress', label: 'under way' }, { value: 'user', label: 'the User’s move' },
  { value: 'adaptor', label: 'the User’s software’s move' }, { value: 'device', label: 'the device’s' }, { value: 'registration', label: 'registration data' },
  { value: 'operations', label: 'DCC operations' }, { value: 'platform', label: 'the platform’s' }, { value: 'held', label: 'held in quarantine' },
  { value: 'not_taken', label: 'answer not taken' }, { value: 'I0', label: 'I0' }, { value: 'E4', label: 'E4' }, { value: 'E5', label: 'E5' }, { value: 'E19', label: 'E19' },
  { value: 'E20', label: 'E20' }, { value: 'E21', label: 'E21' }, { value: 'E30', label: 'E30' }, { value: 'E100', label: 'E100' },
]
