import { useState } from 'preact/hooks'
import { apiUrl, ask } from '@/lib/api'
import { useFilters, withFilters } from '@/lib/location'
import { useSession } from '@/lib/session'
import { useApi } from '@/lib/use_api'
import { personPath } from '@/pages/people/people'
import { Filters } from '@/parts/filters'
import { Button } from '@/parts/fields'
import { Loaded, ProblemBox } from '@/parts/states'
import { Summary } from '@/parts/summary'
import { Table, whyEmpty } from '@/parts/table'
import { State } from '@/parts/tag'
import { When } from '@/parts/when'

interface Line {
  sequence: number; at: string; person: string; party: string; function: string; about: string; outcome: string; rule: string; detail: string; class: string; times: number
}
interface Checked { good: boolean; entries: number; checkpoints: number; unsealed: number; wrong?: { sequence: number; why: string } }

/// The one log of who did what, which only grows.
export function Audit() {
  const [query] = useFilters()
  const session = useSession()
  const asked = Object.fromEntries(query)
  const lines = useApi<{ entries: Line[]; next?: number }>('/audit/entries', asked)
  return (
    <>
      <h1 class="govuk-heading-l">Audit</h1>
      <Verification />
      <Filters of={[
        { name: 'who', label: 'Who' }, { name: 'function', label: 'Function' },
        { name: 'from', label: 'From (2026-11-01T00:00:00Z)' }, { name: 'to', label: 'To' },
      ]} />
      <Loaded from={lines}>{(value) => (
        <>
          <Table caption="What was done, the latest first" rows={value.entries} rowKey={(one) => one.sequence} empty={whyEmpty(query, 'before')}
            csv={{ path: '/audit/entries', query: asked }}
            columns={[
              { title: 'No', number: true, cell: (one) => one.sequence },
              { title: 'When', cell: (one) => <When at={one.at} /> },
              { title: 'Who', cell: (one) => (session.may(['people.read']) && !['operator', 'platform', 'public', 'unknown'].includes(one.person) && !one.person.startsWith('user:')
                ? <a class="govuk-link" href={personPath(one.person)}>{one.person}</a> : one.person) },
              { title: 'Party', cell: (one) => one.party },
              { title: 'Function', cell: (one) => <a class="govuk-link" href={withFilters({ function: one.function })}>{one.function}</a> },
              { title: 'About', cell: (one) => one.about },
              { title: 'Outcome', cell: (one) => <State of={one.outcome} /> },
              { title: 'Rule', cell: (one) => one.rule },
              { title: 'Detail', cell: (one) => one.detail },
              { title: 'Times', number: true, cell: (one) => one.times },
              { title: 'Class', cell: (one) => one.class },
            ]} />
          <div class="mw-under">
            {query.has('before') && <a class="govuk-link" href={withFilters({ before: '' })}>The latest</a>}
            {value.next !== undefined && <a class="govuk-link" href={withFilters({ before: String(value.next) })}>Earlier</a>}
          </div>
        </>
      )}</Loaded>
    </>
  )
}

/// Each entry holds the digest of the one before; the platform walks the chain against its signed checkpoints.
function Verification() {
  const session = useSession()
  const last = useApi<{ last: { sequence: number; at: string } | null }>('/audit/checkpoints', { limit: 1 })
  const [checked, setChecked] = useState<Checked | null>(null)
  const [problem, setProblem] = useState<Parameters<typeof ProblemBox>[0]['problem'] | null>(null)
  const [busy, setBusy] = useState(false)
  if (!session.may(['audit.checkpoints.read'])) return null
  const verify = async () => {
    setBusy(true)
    const answer = await ask<Checked>('/audit/verification')
    setBusy(false)
    setChecked(answer.ok ? answer.value : null)
    setProblem(answer.ok ? null : answer.problem)
  }
  return (
    <section aria-label="Is the log whole?">
      <Summary rows={[
        ['Last signed checkpoint', last.value?.last ? <>entry {last.value.last.sequence}, <When at={last.value.last.at} /></> : 'none yet'],
        ['Checked', checked && (checked.good
          ? <><State of="passed" /> {checked.entries} entries, {checked.checkpoints} checkpoints; {checked.unsealed} entries after the last one</>
          : <><State of="failed" /> entry {checked.wrong?.sequence}: {checked.wrong?.why}</>)],
      ]} />
      {problem && <ProblemBox problem={problem} />}
      {session.may(['audit.entries.read']) && <Button kind="secondary" disabled={busy} onClick={() => void verify()}>Check the chain</Button>}
      <p class="govuk-body mw-muted">A platform that checks itself can lie. <code>meterway audit verify</code> walks the chain elsewhere; <a class="govuk-link" href={apiUrl('/audit/checkpoints')}>checkpoints</a> are worth what they are kept for: take them out in time.</p>
    </section>
  )
}
