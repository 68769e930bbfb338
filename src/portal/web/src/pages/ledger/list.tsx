import { part } from '@/lib/api'
import { useFilters, useHere } from '@/lib/location'
import { recordPath, titleOf, type Kind, type LedgerRecord } from '@/lib/ledger'
import type { PageProps } from '@/lib/page'
import { useSession } from '@/lib/session'
import { useApi } from '@/lib/use_api'
import { Filters, type Filter } from '@/parts/filters'
import { Loaded } from '@/parts/states'
import { Table, whyEmpty, type Column } from '@/parts/table'
import { State, Tag } from '@/parts/tag'
import { When } from '@/parts/when'
import { FieldValue } from '@/pages/ledger/value'

/// Records of one kind: filters by its states, classes and indexed fields, in the URL; leads to each record and to the CSV.
export function LedgerList({ part: parts }: PageProps) {
  const { path } = useHere()
  const name = parts.kind ?? path.split('/')[2] ?? ''
  const kind = useApi<Kind>(`/kinds/${part(name)}`)
  return <Loaded from={kind}>{(value) => <List kind={value} />}</Loaded>
}

function List({ kind }: { kind: Kind }) {
  const [query] = useFilters()
  const session = useSession()
  const asked = Object.fromEntries(query)
  const page = useApi<{ records: LedgerRecord[]; total: number; next?: string }>(`/ledger/${part(kind.kind)}`, { limit: 50, ...asked })
  const indexed = kind.fields.filter((f) => f.indexed && !f.list && f.name !== kind.label)
  const filters: Filter[] = [
    { name: 'state', label: 'State', choices: kind.states.map((s) => ({ value: s, label: s })) },
    { name: 'q', label: 'Words' },
    ...indexed.slice(0, 5).map((f): Filter => ({
      name: f.name, label: titleOf(f.name), ...(f.choices ? { choices: f.choices.map((c) => ({ value: c, label: c })) } : {}),
    })),
  ]
  const columns: Column<LedgerRecord>[] = [
    { title: 'Reference', cell: (r) => <a class="govuk-link mw-nowrap" href={recordPath(kind.kind, r.reference)}>{r.reference}</a> },
    ...(kind.label ? [{ title: titleOf(kind.label), cell: (r: LedgerRecord) => String(r.fields[kind.label!] ?? '') }] : []),
    { title: 'State', cell: (r) => <State of={r.state} /> },
    ...indexed.slice(0, 4).map((f): Column<LedgerRecord> => ({ title: titleOf(f.name), cell: (r) => <FieldValue field={f} value={r.fields[f.name]} /> })),
    { title: 'Class', cell: (r) => <Tag colour={classColour(r.class)}>{r.class}</Tag> },
    { title: 'Changed', cell: (r) => <When at={String(r.changed ?? '')} /> },
  ]
  return (
    <>
      <h1 class="govuk-heading-l">{kind.title}</h1>
      <p class="govuk-body">{kind.meaning}</p>
      {session.may([`ledger.${kind.kind}.create`]) && <div class="mw-actions"><a class="govuk-button" href={`/ledger/${kind.kind}/new`}>New {kind.title.toLowerCase()}</a></div>}
      <Filters of={filters} />
      <Loaded from={page}>{(value) => (
        <Table caption={`${kind.title}: records`} columns={columns} rows={value.records} rowKey={(r) => r.reference} empty={whyEmpty(query)}
          total={value.total} next={value.next ?? null} csv={{ path: `/ledger/${part(kind.kind)}`, query: asked }} />
      )}</Loaded>
    </>
  )
}

export const classColour = (name: string) => (name === 'Red' ? 'red' : name === 'Amber' ? 'orange' : name === 'Green' ? 'green' : 'grey') as 'red' | 'orange' | 'green' | 'grey'

/// All kinds of record there are.
export function LedgerKinds() {
  const kinds = useApi<{ kinds: { kind: string; title: string; meaning: string; class: string }[] }>('/kinds')
  return (
    <>
      <h1 class="govuk-heading-l">All records</h1>
      <Loaded from={kinds}>{(value) => (
        <Table caption="Kinds of record" rows={value.kinds} rowKey={(k) => k.kind} columns={[
          { title: 'Kind', cell: (k) => <a class="govuk-link" href={`/ledger/${k.kind}`}>{k.title}</a> },
          { title: 'What it is', cell: (k) => k.meaning },
          { title: 'Class', cell: (k) => <Tag colour={classColour(k.class)}>{k.class}</Tag> },
        ]} />
      )}</Loaded>
    </>
  )
}
