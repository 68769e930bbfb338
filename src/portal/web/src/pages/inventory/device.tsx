import { part } from '@/lib/api'
import type { PageProps } from '@/lib/page'
import { useSession } from '@/lib/session'
import { useApi } from '@/lib/use_api'
import { Loaded } from '@/parts/states'
import { Summary } from '@/parts/summary'
import { Table } from '@/parts/table'
import { State, Tag } from '@/parts/tag'
import { When } from '@/parts/when'
import { CertificateTable, type Certificate } from '@/pages/certificates/table'
import type { InventoryLine } from '@/pages/inventory/search'

interface Device extends Omit<InventoryLine, 'firmware'> {
  history: { at: string; type: string; state: string | null; cause: string; by: string }[]
  history_dropped?: number
  responsible: { role: string; user: string; from?: string; until?: string }[]
  joined: { device: string; said: boolean; other_said: boolean }[]
  firmware: {
    version: string; on_list: boolean | null
    versions: { version: string; listed_since: string; listed_after_own: boolean | null }[]
    under_way: { version: string; asked: string; deadline: string; attempts: number; request?: string } | null
  }
  certificates: Certificate[]
  cells: { role: string; use: string; holder: string; said_at: string }[]
  home: { eui: string; type: string; state: string; is_hub: boolean }[]
}

/// One device: what it is, what it was, its firmware and where that can go, who is in its cells, what stands beside it.
export function InventoryDevice({ part: parts }: PageProps) {
  const eui = parts.eui ?? ''
  const device = useApi<Device>(`/inventory/${part(eui)}`)
  return (
    <>
      <h1 class="govuk-heading-l">Device <span class="mw-mono">{eui}</span></h1>
      <p class="govuk-body"><a class="govuk-link" href="/inventory">Inventory</a></p>
      {device.problem?.status === 404
        ? <p class="govuk-body">Nothing can be told of this device: it is not in the inventory, or not in a home of your Users.</p>
        : <Loaded from={device}>{(value) => <Told device={value} />}</Loaded>}
    </>
  )
}

function Told({ device }: { device: Device }) {
  const session = useSession()
  const details = Object.entries(device.details)
  return (
    <>
      <Summary rows={[
        ['Type', device.type], ['State', <State of={device.state} />], ['Since', <When at={device.since} />],
        ['Blocked', device.blocked ? <Tag colour="red">blocked by a problem of its certificates</Tag> : ''],
        ...details.map(([name, text]): [string, preact.ComponentChildren] => [name, text]),
        ['Schedules', session.may(['schedules.read']) ? <a class="govuk-link" href={`/schedules?device=${device.eui}`}>what is read from it again and again</a> : ''],
        ['Access', session.may(['access.explain']) ? <a class="govuk-link" href={`/explain/access?device=${device.eui}`}>may a User ask it?</a> : ''],
      ]} />
      <Table caption="The home" rows={device.home} rowKey={(d) => d.eui} columns={[
        { title: 'Device', cell: (d) => <a class="govuk-link mw-mono" href={`/inventory/${d.eui}`} aria-current={d.eui === device.eui ? 'page' : undefined}>{d.eui}</a> },
        { title: 'Type', cell: (d) => d.type }, { title: 'State', cell: (d) => <State of={d.state} /> }, { title: 'Hub', cell: (d) => (d.is_hub ? 'is the hub' : '') },
      ]} />
      <Table caption="States it has had" rows={[...device.history].reverse()} rowKey={(h) => h.at + h.state} columns={[
        { title: 'From', cell: (h) => <When at={h.at} /> }, { title: 'State', cell: (h) => (h.state ? <State of={h.state} /> : 'not in the inventory') },
        { title: 'Cause', cell: (h) => h.cause }, { title: 'By', cell: (h) => h.by },
      ]} emptyWords="Its state has not been changed since it was entered." />
      {(device.history_dropped ?? 0) > 0 && <p class="govuk-body">{device.history_dropped} earlier changes are not kept.</p>}
      <Firmware of={device.firmware} />
      <CertificateTable caption="Its certificates" rows={device.certificates} owner={false} />
      <Table caption="Who sits in its cells, as it said last" rows={device.cells} rowKey={(c) => c.role + c.use} columns={[
        { title: 'Cell', cell: (c) => c.role }, { title: 'Use', cell: (c) => c.use }, { title: 'Holder', cell: (c) => <span class="mw-mono">{c.holder}</span> },
        { title: 'Said', cell: (c) => <When at={c.said_at} /> },
      ]} emptyWords="It has not been asked, or has not answered yet." />
      <Table caption="Responsible" rows={device.responsible} rowKey={(r) => r.role + r.user} columns={[
        { title: 'Role', cell: (r) => r.role }, { title: 'User', cell: (r) => <span class="mw-mono">{r.user}</span> },
        { title: 'From', cell: (r) => <When at={r.from} plain /> }, { title: 'Until', cell: (r) => <When at={r.until} plain /> },
      ]} emptyWords="Entries of others are not shown; where registration data know the metering point they decide." />
      <Table caption="Joined with" rows={device.joined} rowKey={(j) => j.device} columns={[
        { title: 'Device', cell: (j) => <a class="govuk-link mw-mono" href={`/inventory/${j.device}`}>{j.device}</a> },
        { title: 'It said so', cell: (j) => (j.said ? 'yes' : 'no') }, { title: 'The other said so', cell: (j) => (j.other_said ? 'yes' : 'no') },
      ]} />
    </>
  )
}

const kOnList = (on: boolean | null) => (on === null ? <Tag>the list does not know it</Tag> : on ? <Tag colour="green">on the list</Tag> : <Tag colour="red">off the list</Tag>)

function Firmware({ of }: { of: Device['firmware'] }) {
  return (
    <section aria-label="Firmware">
      <h2 class="govuk-heading-m">Firmware</h2>
      <Summary rows={[
        ['Version', of.version || 'not known'], ['Certified product list', kOnList(of.on_list)],
        ['Under way', of.under_way ? <>{of.under_way.version}, asked <When at={of.under_way.asked} />, given up <When at={of.under_way.deadline} />, {of.under_way.attempts} attempts</> : 'no image'],
      ]} />
      <Table caption="Other versions of its model on the list now" rows={of.versions} rowKey={(v) => v.version} columns={[
        { title: 'Version', cell: (v) => v.version }, { title: 'On the list since', cell: (v) => <When at={v.listed_since} /> },
        { title: 'Upgrade', cell: (v) => (v.listed_after_own === null ? 'not known which is newer' : v.listed_after_own ? <Tag colour="green">listed after its own</Tag> : 'listed before its own') },
      ]} emptyWords="The certified product list has no other version of this model." />
    </section>
  )
}
