import { ask, part } from '@/lib/api'
import { navigate } from '@/lib/location'
import type { PageProps } from '@/lib/page'
import { useSession } from '@/lib/session'
import { useApi } from '@/lib/use_api'
import { announce } from '@/parts/announce'
import { Confirm } from '@/parts/confirm'
import { Loaded } from '@/parts/states'
import { Summary } from '@/parts/summary'
import { Tag } from '@/parts/tag'
import { PersonForm } from '@/pages/people/form'
import { personPath, type Person } from '@/pages/people/people'
import { Certificates, Tokens } from '@/pages/people/ways_in'

/// One person: what he may do, and by what he comes in.
export function PersonPage({ part: { person } }: PageProps) {
  const id = person ?? ''
  const session = useSession()
  const known = useApi<Person>(`/people/${part(id)}`)
  const may = session.may(['people.change'])
  return (
    <Loaded from={known}>{(value) => (
      <>
        <h1 class="govuk-heading-l">{value.name || value.id}</h1>
        <Summary rows={[
          ['Id', value.id], ['Party', value.party], ['Job types', value.roles.join(', ') || 'none'], ['Clearance', value.clearance],
          ['State', <Tag colour={value.active ? 'green' : 'grey'}>{value.active ? 'active' : 'not active'}</Tag>],
        ]} />
        <ul class="govuk-list">
          <li><a class="govuk-link" href={`/permissions?person=${encodeURIComponent(value.id)}`}>What he may do, and by which row</a></li>
          {session.may(['audit.entries.read']) && <li><a class="govuk-link" href={`/audit?who=${encodeURIComponent(value.id)}`}>What he did</a></li>}
        </ul>
        {session.may(['people.tokens.read']) && <Tokens of={value.id} />}
        {session.may(['people.certificates.read']) && <Certificates of={value.id} />}
        {may && (
          <>
            <h2 class="govuk-heading-m">Change</h2>
            <PersonForm key={JSON.stringify(value)} of={value} done={known.refresh} />
            <Confirm action="Remove" title={`${value.id} loses every way in`} kind="warning" onConfirm={async () => {
              const answer = await ask(`/people/${part(value.id)}`, { method: 'DELETE' })
              announce(answer.ok ? `${value.id} is removed` : answer.problem.title)
              if (answer.ok) navigate('/people')
            }}>
              <p class="govuk-body">Tokens, certificates and sessions end at once; seats on committees become empty. Histories keep the name.</p>
            </Confirm>
          </>
        )}
      </>
    )}</Loaded>
  )
}

export function PersonNew() {
  return (
    <>
      <h1 class="govuk-heading-l">New person</h1>
      <PersonForm of={null} done={(id) => navigate(personPath(id))} />
    </>
  )
}
