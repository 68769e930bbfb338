import { useFilters } from '@/lib/location'
import { useSession } from '@/lib/session'
import { useApi } from '@/lib/use_api'
import { Filters } from '@/parts/filters'
import { Loaded } from '@/parts/states'
import { Table, type Column } from '@/parts/table'
import { State, Tag } from '@/parts/tag'
import { When } from '@/parts/when'

export interface InventoryLine {
  eui: string; hub: string | null; type: string; state: string; since?: string | null; firmware?: string; blocked?: boolean; details: Record<string, string>
}

const kKeys = ['device', 'mpxn', 'uprn', 'postcode', 'identifier'] as const

/// Homes by an exact name, and nothing else: what is not there, not one's own, or not unique is answered alike.
export function Inventory() {
  const [query] = useFilters()
  const session = useSession()
  const key = Object.fromEntries(kKeys.map((name) => [name, query.get(name) ?? '']))
  const asked = Object.values(key).some(Boolean)
  const found = useApi<{ devices: InventoryLine[]; left_out: number }>(asked ? '/inventory' : null, key)
  const all = !asked && session.may(['devices.read'])
  const after = query.get('after') ?? ''
  const list = useApi<{ devices: InventoryLine[]; next?: string }>(all ? '/devices' : null, { from: after, limit: 100 })
  return (
    <>
      <h1 class="govuk-heading-l">Inventory</h1>
      <p class="govuk-body">By a whole device identifier, a whole MPAN or MPRN, a UPRN, or a full address: post code and house. Each look-up is in the audit.</p>
      <Filters of={[
        { name: 'device', label: 'Device (EUI-64)' }, { name: 'mpxn', label: 'MPAN or MPRN' }, { name: 'uprn', label: 'UPRN' },
        { name: 'postcode', label: 'Post code' }, { name: 'identifier', label: 'House number or name' },
      ]} />
      {asked && <Loaded from={found}>{(value) => (
        <>
          <Table caption="Devices of the home" rows={value.devices} rowKey={(d) => d.eui} columns={kColumns} csv={{ path: '/inventory', query: key }}
            emptyWords="Nothing can be told. It may not be there, not be a home of your Users, or be an address that fits several homes: these are answered alike, so that nobody learns of others' homes." />
          {value.left_out > 0 && <p class="govuk-body">{value.left_out} more devices fit and are left out: a search tells at most 17.</p>}
        </>
      )}</Loaded>}
      {!asked && !all && <p class="govuk-body">Enter one of the names above. There is no list of homes to browse.</p>}
      {all && <Loaded from={list}>{(value) => (
        <Table caption="All devices" rows={value.devices} rowKey={(d) => d.eui} columns={kColumns.filter((c) => !kOfSearch.includes(c.title))} next={value.next ?? null}
          csv={{ path: '/devices', query: { from: after, limit: 100 } }} />
      )}</Loaded>}
    </>
  )
}

const kOfSearch = ['Since', 'Blocked']
const kColumns: Column<InventoryLine>[] = [
  { title: 'Device', cell: (d) => <a class="govuk-link mw-mono mw-nowrap" href={`/inventory/${d.eui}`}>{d.eui}</a> },
  { title: 'Type', cell: (d) => d.type },
  { title: 'State', cell: (d) => <State of={d.state} /> },
  { title: 'Since', cell: (d) => <When at={d.since} /> },
  { title: 'Metering point', cell: (d) => d.details.ImportMPxN ?? '' },
  { title: 'Firmware', cell: (d) => d.details.DeviceFirmwareVersion ?? '' },
  { title: 'Hub', cell: (d) => (d.hub === d.eui ? 'itself' : d.hub ? <a class="govuk-link mw-mono mw-nowrap" href={`/inventory/${d.hub}`}>{d.hub}</a> : 'none') },
  { title: 'Blocked', cell: (d) => (d.blocked ? <Tag colour="red">blocked</Tag> : 'no') },
]
