import { part } from '@/lib/api'
import { useFilters } from '@/lib/location'
import { useApi } from '@/lib/use_api'
import { Filters } from '@/parts/filters'
import { Loaded } from '@/parts/states'
import { Summary } from '@/parts/summary'
import { Table } from '@/parts/table'
import { When } from '@/parts/when'

interface File { sender: string; sequence: number; at: string }
interface Held { role: string; participant: string; from: string; until: string | null; source: string; file: File }
interface Point {
  mpxn: string; fuel: string; at: string; registered: Held[]; history: Held[]; corrected: Held[]
  addresses: { identifier: string; lines: string; post_code: string; uprn: string; source: string; file: File }[]; details: Record<string, string>
}

/// A metering point: who is registered in which role since when, said by which file.
export function Points() {
  const [query] = useFilters()
  const mpxn = (query.get('mpxn') ?? '').trim()
  const point = useApi<Point>(mpxn ? `/registration/points/${part(mpxn)}` : null, { at: query.get('at') })
  return (
    <>
      <h1 class="govuk-heading-l">Metering points</h1>
      <Filters of={[{ name: 'mpxn', label: 'MPAN or MPRN, whole' }, { name: 'at', label: 'At (UTC; now)' }]} />
      {!mpxn && <p class="govuk-body">Enter a whole MPAN or MPRN.</p>}
      <Loaded from={point}>{(value) => (
        <>
          <Summary rows={[
            ['Point', value.mpxn], ['Fuel', value.fuel], ['As of', <When at={value.at} />],
            ...value.addresses.map((a): [string, preact.ComponentChildren] => [`Address by ${a.source}`, `${a.identifier} ${a.lines}, ${a.post_code}${a.uprn ? ` (UPRN ${a.uprn})` : ''}`]),
            ...Object.entries(value.details).map(([name, text]): [string, preact.ComponentChildren] => [name, text]),
          ]} />
          <Roles rows={value.registered} caption="Registered at that moment" />
          <Roles rows={value.history} caption="All that is registered" />
          {value.corrected.length > 0 && <Roles rows={value.corrected} caption="Taken away by later files" />}
        </>
      )}</Loaded>
    </>
  )
}

const Roles = ({ rows, caption }: { rows: Held[]; caption: string }) => (
  <Table caption={caption} rows={rows} rowKey={(h) => JSON.stringify(h)} columns={[
    { title: 'Role', cell: (h) => h.role }, { title: 'Participant', cell: (h) => h.participant },
    { title: 'From', cell: (h) => <When at={h.from} plain /> }, { title: 'Until', cell: (h) => (h.until ? <When at={h.until} plain /> : 'open') },
    { title: 'Source', cell: (h) => h.source }, { title: 'File', cell: (h) => `${h.file.sender} ${h.file.sequence}` }, { title: 'Taken', cell: (h) => <When at={h.file.at} plain /> },
  ]} />
)
