import { part } from '@/lib/api'
import { useFilters } from '@/lib/location'
import type { PageProps } from '@/lib/page'
import { useApi } from '@/lib/use_api'
import { Filters } from '@/parts/filters'
import { Loaded } from '@/parts/states'
import { Summary } from '@/parts/summary'
import { Table, whyEmpty } from '@/parts/table'
import { When } from '@/parts/when'

interface Schedule {
  id: number; user: string; device: string; service: string; frequency: string; start: string; end: string | null; created: string
  next: string; due: string; last: string | null; runs: number; missed: number; period?: { from: string; to: string }
}

/// What Users have the DCC read again and again.
export function Schedules() {
  const [query] = useFilters()
  const asked = { user: query.get('user'), device: query.get('device'), after: query.get('after'), limit: 100 }
  const page = useApi<{ schedules: Schedule[]; next: number | null }>('/schedules', asked)
  return (
    <>
      <h1 class="govuk-heading-l">Schedules</h1>
      <p class="govuk-body">They are made and ended by service requests 5.1 and 5.3.</p>
      <Filters of={[{ name: 'user', label: 'User (EUI-64)' }, { name: 'device', label: 'Device (EUI-64)' }]} />
      <Loaded from={page}>{(value) => (
        <Table caption="Schedules" rows={value.schedules} rowKey={(s) => s.id} empty={whyEmpty(query)} next={value.next} csv={{ path: '/schedules', query: asked }} columns={[
          { title: 'Number', cell: (s) => <a class="govuk-link" href={`/schedules/${s.id}`}>{s.id}</a> },
          { title: 'User', cell: (s) => <span class="mw-mono mw-nowrap">{s.user}</span> },
          { title: 'Device', cell: (s) => <a class="govuk-link mw-mono mw-nowrap" href={`/inventory/${s.device}`}>{s.device}</a> },
          { title: 'Service', cell: (s) => s.service }, { title: 'How often', cell: (s) => s.frequency }, { title: 'Next', cell: (s) => <When at={s.next} /> },
          { title: 'Last', cell: (s) => <When at={s.last} /> }, { title: 'Runs', cell: (s) => s.runs, number: true }, { title: 'Missed', cell: (s) => s.missed, number: true },
        ]} />
      )}</Loaded>
    </>
  )
}

export function ScheduleOne({ part: parts }: PageProps) {
  const id = parts.schedule ?? ''
  const schedule = useApi<Schedule>(`/schedules/${part(id)}`)
  return (
    <>
      <h1 class="govuk-heading-l">Schedule {id}</h1>
      <p class="govuk-body"><a class="govuk-link" href="/schedules">Schedules</a></p>
      <Loaded from={schedule}>{(s) => (
        <Summary rows={[
          ['User', <span class="mw-mono">{s.user}</span>], ['Device', <a class="govuk-link mw-mono" href={`/inventory/${s.device}`}>{s.device}</a>], ['Service', s.service],
          ['How often', s.frequency], ['From', s.start], ['Until', s.end ?? 'open'], ['Reads', s.period ? `${s.period.from} to ${s.period.to}` : ''],
          ['Made', <When at={s.created} />], ['Next', <When at={s.next} />], ['Due', <When at={s.due} />], ['Last', <When at={s.last} />],
          ['Runs', String(s.runs)], ['Missed', String(s.missed)],
        ]} />
      )}</Loaded>
    </>
  )
}
