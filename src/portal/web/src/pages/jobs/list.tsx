import { useState } from 'preact/hooks'
import { ask, part } from '@/lib/api'
import { navigate, useFilters } from '@/lib/location'
import { useSession } from '@/lib/session'
import { useApi } from '@/lib/use_api'
import { announce } from '@/parts/announce'
import { Button, ErrorSummary, FileInput, Input, Radios, Select } from '@/parts/fields'
import { Filters } from '@/parts/filters'
import { Loaded } from '@/parts/states'
import { Table, whyEmpty } from '@/parts/table'
import { State } from '@/parts/tag'
import { When } from '@/parts/when'
import { type Job, type JobKind } from '@/pages/jobs/types'

const kStates = ['checking', 'checked', 'dry running', 'dry run done', 'running', 'paused', 'done', 'cancelled']

/// Bulk jobs: those there are, and a new one from a CSV file.
export function Jobs() {
  const [query] = useFilters()
  const session = useSession()
  const asked = { state: query.get('state') ?? '', after: query.get('after') ?? '', limit: 50 }
  const jobs = useApi<{ jobs: Job[]; next: number | null }>('/jobs', asked, { every: 5000 })
  const kinds = useApi<{ kinds: JobKind[] }>('/jobs/kinds')
  return (
    <>
      <h1 class="govuk-heading-l">Bulk jobs</h1>
      <p class="govuk-body">One CSV file in place of many requests: every row is checked, tried and carried out, and has an outcome of its own.</p>
      {session.may(['jobs.create']) && <Loaded from={kinds}>{(value) => <NewJob kinds={value.kinds} />}</Loaded>}
      <Filters of={[{ name: 'state', label: 'State', choices: kStates.map((one) => ({ value: one, label: one })) }]} />
      <Loaded from={jobs}>{(value) => (
        <Table caption="Jobs, the youngest first" rows={value.jobs} rowKey={(j) => j.id} empty={whyEmpty(query)} next={value.next}
          csv={{ path: '/jobs', query: asked }} columns={[
            { title: 'Job', cell: (j) => <a class="govuk-link" href={`/jobs/${j.id}`}>{j.id}: {j.name}</a> },
            { title: 'Kind', cell: (j) => j.kind },
            { title: 'State', cell: (j) => <State of={j.state} /> },
            { title: 'Rows', cell: (j) => j.rows, number: true },
            { title: 'Done', cell: (j) => <a class="govuk-link" href={`/jobs/${j.id}?outcome=done`}>{j.outcomes['done'] ?? 0}<span class="govuk-visually-hidden"> rows of job {j.id} done</span></a>, number: true },
            { title: 'By', cell: (j) => `${j.by}, ${j.party}` },
            { title: 'Came', cell: (j) => <When at={j.created} /> },
          ]} />
      )}</Loaded>
    </>
  )
}

function NewJob({ kinds }: { kinds: JobKind[] }) {
  const [kind, setKind] = useState(kinds[0]?.kind ?? '')
  const [name, setName] = useState('')
  const [user, setUser] = useState('')
  const [mode, setMode] = useState('partial')
  const [file, setFile] = useState<File | null>(null)
  const [errors, setErrors] = useState<{ field?: string; text: string }[]>([])
  const [busy, setBusy] = useState(false)
  const chosen = kinds.find((one) => one.kind === kind)
  const send = async () => {
    if (!file) {
      setErrors([{ field: 'job-file', text: 'Choose a CSV file' }])
      return
    }
    setBusy(true)
    const answer = await ask<Job>('/jobs', { method: 'POST', query: { kind, name, user, mode }, body: file, type: 'text/csv' })
    setBusy(false)
    if (!answer.ok) {
      const text = answer.problem.detail || answer.problem.title
      setErrors([{ field: text.startsWith('user') ? 'job-user' : 'job-file', text }])
      return
    }
    announce(answer.status === 200 ? 'this file came before: its job is shown' : 'the file is taken and its rows are checked')
    navigate(`/jobs/${part(String(answer.value.id))}`)
  }
  return (
    <section class="mw-form" aria-label="New job">
      <h2 class="govuk-heading-m">New job</h2>
      <ErrorSummary errors={errors} />
      <form onSubmit={(e) => { e.preventDefault(); void send() }}>
        <Select id="job-kind" label="Kind" value={kind} onValue={setKind} choices={kinds.map((one) => ({ value: one.kind, label: one.kind }))} hint={chosen?.what} />
        <FileInput id="job-file" label="CSV file" accept=".csv,text/csv" onFile={setFile} error={errors.find((one) => one.field === 'job-file')?.text}
          hint={`at most ${chosen?.most_rows ?? 0} rows; the first row names the columns`} />
        {chosen && (
          <details class="govuk-details">
            <summary class="govuk-details__summary"><span class="govuk-details__summary-text">Columns of {chosen.kind}</span></summary>
            <div class="govuk-details__text">
              <dl>{chosen.columns.map((column) => (
                <div key={`${column.name} ${column.service}`}><dt><code>{column.name}</code>{column.service && ` for ${column.service}`}{column.needed ? ', needed' : ''}</dt><dd>{column.meaning}</dd></div>
              ))}</dl>
            </div>
          </details>
        )}
        <Input id="job-name" label="Name" hint="optional: what you call it" value={name} onValue={setName} width={30} />
        <Input id="job-user" label="User" hint="optional: EUI-64 of the User, where your party has several" value={user} onValue={setUser} width={20} mono
          error={errors.find((one) => one.field === 'job-user')?.text} />
        <Radios id="job-mode" label="When some rows cannot be" value={mode} onValue={setMode} choices={[
          { value: 'partial', label: 'run the good rows' }, { value: 'all-or-none', label: 'run nothing' }]} />
        <Button submit disabled={busy}>Upload and check</Button>
      </form>
    </section>
  )
}
