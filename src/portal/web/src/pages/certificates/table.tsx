import type { Query } from '@/lib/api'
import { Table, type Column } from '@/parts/table'
import type { EmptyReason } from '@/parts/states'
import { State, Tag } from '@/parts/tag'
import { When } from '@/parts/when'

export interface Certificate { serial: string; owner: string; use: string; status: string; name: string; issuer?: string; not_before?: string; not_after?: string }

const kUses: Record<string, string> = { ds: 'digital signature', ka: 'key agreement', 'pp-ka': 'prepayment key agreement', xml: 'XML signing' }
const kMonth = 30 * 24 * 3600 * 1000

/// How near the end is; by words, the colour only helps.
function Expiry({ at, status }: { at: string | undefined; status: string }) {
  if (!at || status === 'revoked') return null
  const left = new Date(at).getTime() - Date.now()
  if (left < 0) return <Tag colour="red">expired</Tag>
  return left < kMonth ? <Tag colour="yellow">within 30 days</Tag> : null
}

export function CertificateTable(p: { caption: string; rows: readonly Certificate[]; owner: boolean; csv?: { path: string; query?: Query }; next?: string | null; empty?: EmptyReason }) {
  const columns: Column<Certificate>[] = [
    { title: 'Serial', cell: (c) => <span class="mw-mono">{c.serial}</span> },
    ...(p.owner ? [{ title: 'Owner', cell: (c: Certificate) => <span class="mw-mono mw-nowrap">{c.owner}</span> }] : []),
    { title: 'Use', cell: (c) => kUses[c.use] ?? c.use }, { title: 'Status', cell: (c) => <State of={c.status} /> }, { title: 'Name', cell: (c) => c.name },
    { title: 'From', cell: (c) => <When at={c.not_before} plain /> }, { title: 'Until', cell: (c) => <When at={c.not_after} /> },
    { title: 'Expiry', cell: (c) => <Expiry at={c.not_after} status={c.status} /> },
  ]
  return (
    <Table caption={p.caption} rows={p.rows} rowKey={(c) => c.serial} columns={columns} {...(p.csv ? { csv: p.csv } : {})} next={p.next ?? null} empty={p.empty ?? 'none'} />
  )
}
