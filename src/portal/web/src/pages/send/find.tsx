import { useFilters } from '@/lib/location'
import { useApi } from '@/lib/use_api'
import { Filters } from '@/parts/filters'
import { Loaded } from '@/parts/states'
import { Table, whyEmpty } from '@/parts/table'
import { Tag } from '@/parts/tag'
import type { Service } from '@/pages/send/form_parts'

interface Found { services: Service[]; total: number; left_out: number }

/// Any of the 129 service request variants, found by name, number or use case.
export function SendFind() {
  const [query] = useFilters()
  const q = query.get('q') ?? ''
  const found = useApi<Found>('/services', { q })
  const kept = new URLSearchParams()   // whom it is for and about goes on to the form
  for (const name of ['user', 'device']) if (query.get(name)) kept.set(name, query.get(name)!)
  const tail = kept.toString() ? `?${kept}` : ''
  return (
    <>
      <h1 class="govuk-heading-l">Send a request</h1>
      <Filters of={[{ name: 'q', label: 'Name, number or use case: read balance, 4.18, ECS82' }]} />
      <Loaded from={found}>{(value) => (
        <Table caption={q ? 'Services that fit, the best first' : 'All services'} rows={value.services} rowKey={(s) => s.service} total={value.total}
          empty={whyEmpty(query)} csv={{ path: '/services', query: { q } }} columns={[
            { title: 'Number', cell: (s) => s.service },
            { title: 'Service', cell: (s) => <a class="govuk-link" href={`/send/${s.service}${tail}`}>{s.name}</a> },
            { title: 'Kind', cell: (s) => s.critical ? <Tag colour="orange">critical</Tag> : s.non_device ? <Tag>answered by the DCC</Tag> : '' },
            { title: 'Devices', cell: (s) => s.device_types.join(' ') },
            { title: 'Roles', cell: (s) => s.roles.join(' ') },
            { title: 'Use cases', cell: (s) => s.use_cases.map((u) => u.use_case).join(' ') },
          ]} />
      )}</Loaded>
    </>
  )
}
