import { useEffect, useState } from 'preact/hooks'
import { useFilters } from '@/lib/location'
import { Filters } from '@/parts/filters'
import { Table, whyEmpty } from '@/parts/table'

interface Operation { summary?: string; 'x-function'?: string; 'x-job-types'?: string[]; parameters?: { name: string; in: string }[] }
interface OpenApi { paths: Record<string, Record<string, Operation>> }

/// Every operation of the JSON interface, from the description that the platform gives of itself.
export function Api() {
  const [query] = useFilters()
  const words = (query.get('q') ?? '').toLowerCase()
  const [api, setApi] = useState<OpenApi | null>(null)
  useEffect(() => { void fetch('/openapi.json').then(async (answer) => setApi((await answer.json()) as OpenApi)).catch(() => undefined) }, [])
  const rows = Object.entries(api?.paths ?? {}).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })))
  const shown = rows.filter((r) => `${r.method} ${r.path} ${r.operation.summary ?? ''}`.toLowerCase().includes(words))
  return (
    <>
      <h1 class="govuk-heading-l">The JSON interface</h1>
      <p class="govuk-body">Everything the pages do goes through it. <a class="govuk-link" href="/openapi.json" download>openapi.json</a> describes it for programs (OpenAPI 3.1).</p>
      <Filters of={[{ name: 'q', label: 'Words' }]} />
      {api === null ? <p class="govuk-body" aria-live="polite">Loading…</p> : (
        <Table caption="Operations" rows={shown} rowKey={(r) => r.method + r.path} total={rows.length} empty={whyEmpty(query)} columns={[
          { title: 'Method', cell: (r) => r.method }, { title: 'Path', cell: (r) => <code class="mw-mono">{r.path}</code> }, { title: 'What it does', cell: (r) => r.operation.summary ?? '' },
          { title: 'Asked by', cell: (r) => (r.operation.parameters ?? []).filter((p) => p.in === 'query').map((p) => p.name).join(', ') },
          { title: 'Who may', cell: (r) => (r.operation['x-job-types'] ?? []).join(', ') },
        ]} />
      )}
    </>
  )
}
