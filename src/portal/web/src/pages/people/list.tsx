import { useFilters } from '@/lib/location'
import { useSession } from '@/lib/session'
import { useApi } from '@/lib/use_api'
import { Filters } from '@/parts/filters'
import { Loaded } from '@/parts/states'
import { Table, whyEmpty } from '@/parts/table'
import { Tag } from '@/parts/tag'
import { personPath, type JobType, type Person } from '@/pages/people/people'

/// Who has a part in the records, as which job types.
export function People() {
  const [query] = useFilters()
  const session = useSession()
  const asked = Object.fromEntries(query)
  const people = useApi<{ people: Person[]; next?: string }>('/people', asked)
  const types = useApi<{ job_types: JobType[] }>('/job-types')
  const choices = (types.value?.job_types ?? []).filter((one) => one.given === 'person').map((one) => ({ value: one.job_type, label: one.job_type }))
  return (
    <>
      <h1 class="govuk-heading-l">People and roles</h1>
      {session.may(['people.change']) && <p class="govuk-body"><a class="govuk-link" href="/people/new">New person</a></p>}
      <p class="govuk-body"><a class="govuk-link" href="/permissions">Who may do what, and by which row</a></p>
      <Filters of={[{ name: 'q', label: 'Name or id' }, { name: 'party', label: 'Party' }, { name: 'role', label: 'Job type', choices }]} />
      <Loaded from={people}>{(value) => (
        <Table caption="People" rows={value.people} rowKey={(one) => one.id} empty={whyEmpty(query)} next={value.next ?? null}
          csv={{ path: '/people', query: asked }}
          columns={[
            { title: 'Id', cell: (one) => <a class="govuk-link" href={personPath(one.id)}>{one.id}</a> },
            { title: 'Name', cell: (one) => one.name },
            { title: 'Party', cell: (one) => one.party },
            { title: 'Job types', cell: (one) => one.roles.join(', ') },
            { title: 'Clearance', cell: (one) => one.clearance },
            { title: 'State', cell: (one) => <Tag colour={one.active ? 'green' : 'grey'}>{one.active ? 'active' : 'not active'}</Tag> },
          ]} />
      )}</Loaded>
    </>
  )
}
