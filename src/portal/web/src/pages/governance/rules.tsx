import { useFilters } from '@/lib/location'
import { useApi } from '@/lib/use_api'
import { Filters } from '@/parts/filters'
import { Loaded } from '@/parts/states'
import { Table, whyEmpty } from '@/parts/table'

interface Rule { name: string; value: string; unit: string; clause: string; from: string; until?: string; how_sure: string; meaning: string; source: string }

/// Numbers of the code as they are on a day, each with clause and how sure we are.
export function Rules() {
  const [query] = useFilters()
  const words = (query.get('q') ?? '').toLowerCase()
  const rules = useApi<{ on: string; rules: Rule[] }>('/rules', { on: query.get('on') })
  return (
    <>
      <h1 class="govuk-heading-l">Dated rules</h1>
      <Filters of={[{ name: 'on', label: 'On (2018-09-01; today)' }, { name: 'q', label: 'Words in name or meaning' }]} />
      <Loaded from={rules}>{(value) => (
        <Table caption={`As they are on ${value.on}`} rows={value.rules.filter((r) => (r.name + r.meaning).toLowerCase().includes(words))} rowKey={(r) => r.name}
          empty={whyEmpty(query, 'on')} total={value.rules.length} csv={{ path: '/rules', query: { on: query.get('on') } }} columns={[
            { title: 'Rule', cell: (r) => <code>{r.name}</code> },
            { title: 'Value', cell: (r) => <strong>{r.value} {r.unit}</strong> },
            { title: 'What it decides', cell: (r) => r.meaning },
            { title: 'Clause', cell: (r) => r.clause },
            { title: 'Since', cell: (r) => r.from },
            { title: 'How sure', cell: (r) => r.how_sure },
            { title: 'Source', cell: (r) => r.source },
          ]} />
      )}</Loaded>
    </>
  )
}
