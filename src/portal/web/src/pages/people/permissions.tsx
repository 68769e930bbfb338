import { useFilters } from '@/lib/location'
import { part } from '@/lib/api'
import { useSession } from '@/lib/session'
import { useApi } from '@/lib/use_api'
import { Filters } from '@/parts/filters'
import { Empty, Loaded } from '@/parts/states'
import { Summary } from '@/parts/summary'
import { Table, whyEmpty } from '@/parts/table'
import { Tag } from '@/parts/tag'
import type { JobType } from '@/pages/people/people'

interface Row { function: string; job_types: string[]; scope: string; clause: string; how_sure: string }
interface Explained { function: string; person: string; job_types: string[]; allowed: boolean; why: string; rows: Row[] }

const kColumns = [
  { title: 'Function', cell: (row: Row) => <a class="govuk-link" href={`/permissions?function=${encodeURIComponent(row.function)}`}>{row.function}</a> },
  { title: 'Job types', cell: (row: Row) => row.job_types.join(', ') },
  { title: 'Of it is his', cell: (row: Row) => row.scope || 'all' },
  { title: 'Clause', cell: (row: Row) => row.clause },
  { title: 'How sure', cell: (row: Row) => row.how_sure },
]

/// The table of permissions: all of it, one function, and why somebody may or may not.
export function Permissions() {
  const [query] = useFilters()
  const session = useSession()
  const person = query.get('person') ?? ''
  const name = query.get('function') ?? ''
  const role = query.get('role') ?? ''
  const asked = { function: name, role }
  const types = useApi<{ job_types: JobType[]; permissions: Row[] }>('/job-types', asked)
  const explained = useApi<Explained>(name ? `/permissions/${part(name)}` : null, { person })
  const choices = (types.value?.job_types ?? []).map((one) => ({ value: one.job_type, label: one.job_type }))
  return (
    <>
      <h1 class="govuk-heading-l">Who may do what</h1>
      <p class="govuk-body">What no row gives is denied. The operator's token may do everything.</p>
      <Filters of={[{ name: 'function', label: 'Function' }, { name: 'person', label: 'For the person' }, { name: 'role', label: 'Job type', choices }]} />
      {!session.signedIn && <Empty why="forbidden"><p>Sign in to have it explained for you.</p></Empty>}
      {name && session.signedIn && <Loaded from={explained}>{(value) => (
        <section aria-label="Decision">
          <Summary rows={[
            ['Function', <code>{value.function}</code>], ['Person', value.person], ['Job types', value.job_types.join(', ')],
            ['Decision', <Tag colour={value.allowed ? 'green' : 'red'}>{value.allowed ? 'allowed' : 'denied'}</Tag>], ['Why', value.why],
          ]} />
        </section>
      )}</Loaded>}
      <Loaded from={types}>{(value) => (
        <Table caption="Rows of the table" empty={whyEmpty(query)} csv={{ path: '/job-types', query: asked }} columns={kColumns} rowKey={(row) => row.function + row.job_types.join()}
          rows={value.permissions} />
      )}</Loaded>
      <Loaded from={types}>{(value) => (
        <Table caption="Job types" csv={{ path: '/job-types', query: { of: 'job_types' } }} rows={value.job_types} rowKey={(one) => one.job_type} columns={[
          { title: 'Job type', cell: (one) => <a class="govuk-link" href={`/permissions?role=${encodeURIComponent(one.job_type)}`}>{one.job_type}</a> },
          { title: 'Meaning', cell: (one) => one.meaning },
          { title: 'Given', cell: (one) => (one.given === 'person' ? 'by the operator' : 'with the way in') },
          { title: 'Needs a certificate', cell: (one) => (one.verified ? 'yes' : 'no') },
        ]} />
      )}</Loaded>
    </>
  )
}
