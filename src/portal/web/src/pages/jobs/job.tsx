import { useEffect, useRef, useState } from 'preact/hooks'
import { ask, part, type Problem } from '@/lib/api'
import { recordPath } from '@/lib/ledger'
import { useFilters, withFilters } from '@/lib/location'
import type { PageProps } from '@/lib/page'
import { useSession } from '@/lib/session'
import { useApi } from '@/lib/use_api'
import { announce } from '@/parts/announce'
import { Button } from '@/parts/fields'
import { Confirm } from '@/parts/confirm'
import { Filters } from '@/parts/filters'
import { Loaded, ProblemBox } from '@/parts/states'
import { Summary } from '@/parts/summary'
import { Table, whyEmpty } from '@/parts/table'
import { State, Tag } from '@/parts/tag'
import { When } from '@/parts/when'
import { badRows, isUnderWay, outcomeColour, type Job, type JobRow } from '@/pages/jobs/types'

const kOutcomes = ['valid', 'not valid', 'duplicate', 'would be done', 'would be refused', 'done', 'refused', 'already returned']

/// One bulk job: check, dry run, run, results; what has become of each row.
export function JobPage({ part: of }: PageProps) {
  const path = `/jobs/${part(of['job'] ?? '')}`
  const [under, setUnder] = useState(true)
  const job = useApi<Job>(path, {}, { every: under ? 1000 : 15000 })
  const state = job.value?.state ?? ''
  const told = useRef('')
  useEffect(() => {
    if (!job.value) return
    setUnder(isUnderWay(job.value))
    if (told.current && told.current !== state) announce(`the job is ${state}`)
    told.current = state
  }, [job.value])
  return (
    <>
      <h1 class="govuk-heading-l">{job.value ? `Job ${job.value.id}: ${job.value.name}` : 'Job'}</h1>
      <p class="govuk-body"><a class="govuk-link" href="/jobs">All jobs</a></p>
      <Loaded from={job}>{(value) => (
        <>
          <Steps job={value} />
          <Actions job={value} path={path} changed={job.refresh} />
          <Progress job={value} />
          <Outcomes job={value} />
          <Rows path={path} state={`${value.state} ${value.rows_of_phase}`} />
          <h2 class="govuk-heading-m">About this job</h2>
          <Summary rows={[
            ['Kind', value.kind], ['Mode', value.mode === 'partial' ? 'good rows run' : 'all or none'], ['By', `${value.by}, ${value.party}`],
            ['User', <code>{value.user}</code>], ['Came', <When at={value.created} />], ['This step began', value.begun && <When at={value.begun} />],
            ['This step ended', value.ended && <When at={value.ended} />], ['SHA-256 of the file', <code class="mw-mono">{value.sha256}</code>],
          ]} />
        </>
      )}</Loaded>
    </>
  )
}

/// What is done, what is next (GOV.UK task list).
function Steps({ job }: { job: Job }) {
  const at = { check: 0, 'dry-run': 1, run: 2 }[job.phase]
  const steps = ['Check every row', 'Dry run', 'Run']
  return (
    <ul class="govuk-task-list">{steps.map((title, n) => {
      const word = n < at ? (n === 1 && !job.dry_run_ended ? 'left out' : 'done') : n > at ? 'not begun' : job.state
      return (
        <li class="govuk-task-list__item" key={title}>
          <div class="govuk-task-list__name-and-hint">{n + 1}. {title}</div>
          <div class="govuk-task-list__status">{word === 'done' || n === at ? <State of={word} /> : <Tag>{word}</Tag>}</div>
        </li>
      )
    })}</ul>
  )
}

function Actions({ job, path, changed }: { job: Job; path: string; changed: () => void }) {
  const session = useSession()
  const [problem, setProblem] = useState<Problem | null>(null)
  const own = session.me?.party === job.party || (session.me?.roles ?? []).includes('operator')
  if (!session.may(['jobs.act']) || !own) return <p class="govuk-body mw-muted">Whose move it is: {job.by} and others of {job.party}.</p>
  const act = async (action: string) => {
    const answer = await ask<Job>(`${path}/${action}`, { method: 'POST' })
    setProblem(answer.ok ? null : answer.problem)
    announce(answer.ok ? `the job is ${answer.value.state}` : answer.problem.title)
    changed()
  }
  const still = !isUnderWay(job) && job.state !== 'paused' && job.state !== 'cancelled'
  const runnable = job.rows - badRows(job)
  return (
    <section aria-label="What can be done">
      {problem && <ProblemBox problem={problem} />}
      <div class="mw-actions">
        {still && job.phase !== 'run' && <Button kind="secondary" onClick={() => void act('dry-run')}>Dry run</Button>}
        {still && job.phase !== 'run' && runnable > 0 && (
          <Confirm action="Run" title="Check before it runs" onConfirm={() => act('run')}>
            <Summary rows={[
              ['Rows that will be carried out', String(runnable)], ['Rows left out', String(badRows(job))],
              ['Would be refused', job.phase === 'dry-run' ? String(job.outcomes['would be refused'] ?? 0) : 'not tried: there was no dry run'],
              ['In the name of', <code>{job.user}</code>],
            ]} />
            <p class="govuk-body">What a row has done cannot be taken back here.</p>
          </Confirm>
        )}
        {isUnderWay(job) && <Button kind="secondary" onClick={() => void act('pause')}>Pause</Button>}
        {job.state === 'paused' && <Button onClick={() => void act('resume')}>Resume</Button>}
        {job.state !== 'cancelled' && !(job.phase === 'run' && job.state === 'done') && (
          <Confirm action="Cancel the job" kind="warning" title="Nothing more will be done of it" onConfirm={() => act('cancel')}>
            <p class="govuk-body">Rows that have been carried out stay so. The same file may be brought again.</p>
          </Confirm>
        )}
      </div>
    </section>
  )
}

function Progress({ job }: { job: Job }) {
  if (!isUnderWay(job) && job.state !== 'paused') return null
  return (
    <div class="govuk-body">
      <label for="job-progress">{job.state}: {job.rows_of_phase} of {job.rows} rows</label>
      <div><progress id="job-progress" max={job.rows} value={job.rows_of_phase} /></div>
      {job.rows_per_second > 0 && isUnderWay(job) && <p class="mw-muted">{Math.round(job.rows_per_second)} rows a second{job.estimated_end && <>, until about <When at={job.estimated_end} /></>}</p>}
    </div>
  )
}

/// Every number leads to its rows.
function Outcomes({ job }: { job: Job }) {
  const all = Object.entries(job.outcomes).sort((a, b) => b[1] - a[1])
  return (
    <>
      <h2 class="govuk-heading-m">{job.rows} rows</h2>
      <ul class="govuk-list">
        {all.map(([outcome, rows]) => (
          <li key={outcome}><a class="govuk-link" href={withFilters({ outcome })}>{rows} {outcome}</a></li>
        ))}
        {job.not_looked_at > 0 && <li>{job.not_looked_at} not looked at yet</li>}
      </ul>
    </>
  )
}

function Rows({ path, state }: { path: string; state: string }) {
  const [query] = useFilters()
  const outcome = query.get('outcome') ?? ''
  const after = query.get('after') ?? ''
  const rows = useApi<{ rows: JobRow[]; next: number | null }>(`${path}/rows`, { outcome, after, limit: 50 })
  useEffect(() => rows.refresh(), [state])
  return (
    <>
      <Filters of={[{ name: 'outcome', label: 'Outcome', choices: kOutcomes.map((one) => ({ value: one, label: one })) }]} />
      <Loaded from={rows}>{(value) => (
        <Table caption="Rows of the file" rows={value.rows} rowKey={(r) => r.row} next={value.next} empty={whyEmpty(query)}
          csv={{ path: `${path}/rows`, query: { outcome } }} columns={[
            { title: 'Row', cell: (r) => r.row, number: true },
            { title: 'Hub', cell: (r) => <code>{r.key}</code> },
            { title: 'Outcome', cell: (r) => (r.outcome ? <Tag colour={outcomeColour(r.outcome)}>{r.outcome}</Tag> : <span class="mw-muted">not looked at yet</span>) },
            { title: 'Why', cell: (r) => <>{r.column && <><code>{r.column}</code>: </>}{r.why || r.rule}</> },
            { title: 'From, to', cell: (r) => (r.from ? `${r.from} to ${r.to}` : '') },
            { title: 'Record', cell: (r) => (r.reference ? <a class="govuk-link" href={recordPath('hub_return', r.reference)}>{r.reference}</a> : '') },
          ]} />
      )}</Loaded>
    </>
  )
}
