import { part } from '@/lib/api'
import { useFilters } from '@/lib/location'
import type { PageProps } from '@/lib/page'
import { useApi } from '@/lib/use_api'
import { Loaded } from '@/parts/states'
import { Summary } from '@/parts/summary'
import { Table, whyEmpty } from '@/parts/table'
import { When } from '@/parts/when'

interface Event { sequence?: number; time?: string; [more: string]: unknown }
interface Sources {
  name: string; value: string; group: string; month: string; numerator: string; denominator: string; exclusions: string; query: string
  first_event: number | null; last_event: number | null; events: Event[]; records: string[]; next?: number | string | null
}

/// What stands behind a number: the events that were counted, or the records that say it.
export function FigureRows({ part: parts }: PageProps) {
  const figure = parts.figure ?? ''
  const [query] = useFilters()
  const asked = Object.fromEntries(query)
  const isFrozen = /^FIG\d+$/.test(figure)
  const sources = useApi<Sources>(isFrozen ? `/figures/${part(figure)}/events` : `/figures/${part(figure)}/draft/events`, { limit: 100, ...asked })
  return (
    <>
      <h1 class="govuk-heading-l">Rows behind {figure}</h1>
      <Loaded from={sources}>{(value) => (
        <>
          <Summary rows={[
            ['Value', <strong>{value.value}</strong>], ['Month', value.month], ['Group', value.group], ['Counted', value.numerator], ['Of', value.denominator],
            ['Left out', value.exclusions], ['Made by the query', <code>{value.query}</code>],
            ['Events read', value.first_event === null ? 'none: it is counted from records' : `${value.first_event} to ${value.last_event}`],
          ]} />
          {value.records.length > 0 && <Table caption="Records that it is counted from" rows={value.records} rowKey={(r) => r} columns={[
            { title: 'Records', cell: (r) => <a class="govuk-link" href={pageOf(r)}>{decodeURIComponent(r.replace('/api/v1/ledger/', ''))}</a> },
            { title: 'As CSV', cell: (r) => <a class="govuk-link" href={`${r}&format=csv`} download>CSV</a> },
          ]} />}
          {value.first_event !== null && <Table caption="Events" rows={value.events} rowKey={(e) => JSON.stringify(e)} next={value.next ?? null} empty={whyEmpty(query, 'month', 'group', 'as_at')} columns={[
            { title: 'Number', cell: (e) => e.sequence ?? '', number: true },
            { title: 'Time', cell: (e) => <When at={e.time} /> },
            { title: 'Event', cell: (e) => <div class="mw-detail"><code class="mw-mono">{JSON.stringify(Object.fromEntries(Object.entries(e).filter(([n]) => n !== 'sequence' && n !== 'time')))}</code></div> },
          ]} />}
        </>
      )}</Loaded>
    </>
  )
}

/// The list page that shows what this API address gives: filters have the same names.
const pageOf = (address: string) => address.replace(/^\/api\/v1\/ledger\//, '/ledger/')
