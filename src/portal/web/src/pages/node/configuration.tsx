import { useFilters } from '@/lib/location'
import { useApi } from '@/lib/use_api'
import { Filters } from '@/parts/filters'
import { Loaded } from '@/parts/states'
import { Table, whyEmpty } from '@/parts/table'
import { Tag } from '@/parts/tag'
import { When } from '@/parts/when'

interface Setting {
  name: string; kind: 'setting' | 'rule'; value: unknown; default: unknown; is_default: boolean; meaning: string
  source: string; file?: string; by?: string; since: string; before?: unknown; dangerous: boolean; danger?: string
}
interface Told {
  as_of: string; started: string; settings: Setting[]; left_out: number
  secrets: { name: string; present: boolean; only_its_owner_reads_it?: boolean }[]
}
const said = (value: unknown) => (typeof value === 'string' ? (value === '' ? '(nothing)' : value) : JSON.stringify(value))

/// Every value in force, where it comes from, who put it there and since when. Nothing is set here: files are.
export function Configuration() {
  const [query] = useFilters()
  const asked = { q: query.get('q'), changed: query.get('changed') }
  const told = useApi<Told>('/configuration', asked)
  return (
    <>
      <h1 class="govuk-heading-l">Configuration</h1>
      <Filters of={[{ name: 'q', label: 'Words in name or meaning' }, { name: 'changed', label: 'Which', choices: [{ value: 'true', label: 'not the default' }] }]} />
      <Loaded from={told}>{(value) => (
        <>
          <p class="govuk-body">The platform started <When at={value.started} />. Settings are read then, and not changed while it runs.</p>
          <Table caption="Values in force" rows={value.settings} rowKey={(s) => s.name} empty={whyEmpty(query)} total={value.settings.length + value.left_out}
            csv={{ path: '/configuration', query: asked }} columns={[
              { title: 'Name', cell: (s) => <code class="mw-mono">{s.name}</code> },
              { title: 'Value', cell: (s) => <div class="mw-detail"><strong class="mw-mono">{said(s.value)}</strong>{s.dangerous && <> <Tag colour="red">for tests alone</Tag> {s.danger}</>}</div> },
              { title: 'What it decides', cell: (s) => <div class="mw-detail">{s.meaning}</div> },
              { title: 'Default', cell: (s) => (s.is_default ? 'is the default' : <span class="mw-mono">{said(s.default)}</span>) },
              { title: 'Where from', cell: (s) => <div class="mw-detail">{s.source}{s.file && <> <span class="mw-mono">{s.file}</span></>}</div> },
              { title: 'By', cell: (s) => s.by ?? '' },
              { title: 'Since', cell: (s) => <><When at={s.since} plain />{s.before !== undefined && <>; before <span class="mw-mono">{said(s.before)}</span></>}</> },
            ]} />
          <Table caption="Secrets, by presence alone" rows={value.secrets} rowKey={(s) => s.name} columns={[
            { title: 'Secret', cell: (s) => s.name },
            { title: 'Is there', cell: (s) => (s.present ? 'yes' : 'no') },
            { title: 'Who can read it', cell: (s) => (!s.present ? '' : s.only_its_owner_reads_it ? 'its owner alone' : <Tag colour="red">others, too</Tag>) },
          ]} />
        </>
      )}</Loaded>
    </>
  )
}
