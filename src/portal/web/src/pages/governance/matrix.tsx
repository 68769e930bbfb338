import { useState } from 'preact/hooks'
import { ask, type Problem } from '@/lib/api'
import { useApi } from '@/lib/use_api'
import { useFilters } from '@/lib/location'
import { Button, FileInput } from '@/parts/fields'
import { Filters } from '@/parts/filters'
import { Loaded, ProblemBox } from '@/parts/states'
import { Table, whyEmpty } from '@/parts/table'

interface Compared { differences?: Record<string, unknown>[]; [more: string]: unknown }

/// The service request matrix is made from the table that authorises, so a text and the system cannot differ unseen.
export function Matrix() {
  const [query] = useFilters()
  const words = (query.get('q') ?? '').toLowerCase()
  const matrix = useApi<{ rows: string[][] }>('/governance/matrix/current')
  const [file, setFile] = useState<File | null>(null)
  const [compared, setCompared] = useState<Compared | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  return (
    <>
      <h1 class="govuk-heading-l">Service request matrix</h1>
      <h2 class="govuk-heading-m">Compare a text with it</h2>
      <FileInput id="matrix-file" label="The matrix of a text, as CSV" hint="not kept" accept=".csv,text/csv" onFile={setFile} />
      <Button kind="secondary" disabled={!file} onClick={async () => {
        const answer = await ask<Compared>('/governance/matrix', { method: 'POST', body: file!, type: 'text/csv' })
        setCompared(answer.ok ? answer.value : null)
        setProblem(answer.ok ? null : answer.problem)
      }}>Compare</Button>
      {problem && <ProblemBox problem={problem} />}
      {compared && <Differences of={compared} />}
      <Filters of={[{ name: 'q', label: 'Number or name' }]} />
      <Loaded from={matrix}>{(value) => {
        const [head = [], ...rows] = value.rows
        const shown = rows.filter((r) => `${r[0]} ${r[1]}`.toLowerCase().includes(words))
        return <Table caption="As the system authorises" rows={shown} rowKey={(r) => r[0] ?? ''} total={rows.length} empty={whyEmpty(query)} csv={{ path: '/governance/matrix/current' }}
          columns={head.map((title, i) => ({ title, cell: (r: string[]) => (r[i] === 'x' ? 'yes' : r[i] ?? '') }))} />
      }}</Loaded>
    </>
  )
}

function Differences({ of }: { of: Compared }) {
  const rows = of.differences ?? []
  const names = [...new Set(rows.flatMap((r) => Object.keys(r)))]
  if (!rows.length) return <p class="govuk-body" role="status"><strong>No difference.</strong></p>
  return <Table caption="Differences" rows={rows} rowKey={(r) => JSON.stringify(r)} columns={names.map((title) => ({ title, cell: (r: Record<string, unknown>) => String(r[title] ?? '') }))} />
}
