import { Table } from '@/parts/table'
import { Tag } from '@/parts/tag'

export interface Line { question: string; rule: string; says: string; data: string; met: boolean; clause: string; how_sure: string; source: string; from?: string }
export interface Rule { rule: string; says: string; clause: string; how_sure: string; source: string; from?: string }

/// The questions of access control in their order, each with its rule, clause and the data that it was answered from.
export function DecisionLines({ lines, caption }: { lines: Line[]; caption: string }) {
  return <Table caption={caption} rows={lines} rowKey={(l) => l.question + l.rule} columns={[
    { title: 'Question', cell: (l) => l.question },
    { title: 'Met', cell: (l) => <Tag colour={l.met ? 'green' : 'red'}>{l.met ? 'yes' : 'no'}</Tag> },
    { title: 'From the data', cell: (l) => l.data },
    { title: 'Rule', cell: (l) => <><code>{l.rule}</code> {l.says}</> },
    { title: 'Clause', cell: (l) => `${l.clause} (${l.how_sure})` },
    { title: 'Row of', cell: (l) => l.source },
  ]} />
}
