import { apiUrl, part } from '@/lib/api'
import type { PageProps } from '@/lib/page'
import { useSession } from '@/lib/session'
import { useApi } from '@/lib/use_api'
import { Copy } from '@/parts/copy'
import { Empty, Loaded } from '@/parts/states'
import { Summary } from '@/parts/summary'
import { Table } from '@/parts/table'
import { Tag } from '@/parts/tag'
import { When } from '@/parts/when'
import { traceOf } from '@/pages/requests/list'
import { Message } from '@/pages/requests/message'
import { ReplayOnEmulator } from '@/pages/requests/replay'
import { duration, plainWords, toneColour, whoColour, type Step, type Trace, type Verdict } from '@/pages/requests/model'

/// What happened to a request, step by step, by which rules, and whose move it is.
export function TracePage({ part: { key = '' } }: PageProps) {
  const trace = useApi<Trace>(`/trace/${part(key)}`, { format: 'json' }, { every: 5000 })
  if (trace.problem?.status === 404 && trace.value === null) {
    return (
      <>
        <h1 class="govuk-heading-l">Trace</h1>
        <Empty why="none"><p>Nothing is known of <code class="mw-mono">{key}</code>, or it is not yours. <a class="govuk-link" href="/requests">Search requests</a></p></Empty>
      </>
    )
  }
  return (
    <>
      <h1 class="govuk-heading-l">Trace</h1>
      <p class="govuk-body"><code class="mw-mono">{trace.value?.request_id ?? key}</code> <Copy text={trace.value?.request_id ?? key} what="RequestID" /></p>
      <Loaded from={trace}>{(value) => (
        <>
          <VerdictBox verdict={value.verdict} />
          <Facts trace={value} />
          <Actions trace={value} />
          {value.left_out && <p class="govuk-body">Left out: {value.left_out}.</p>}
          <section aria-labelledby="steps">
            <h2 class="govuk-heading-m" id="steps">What happened</h2>
            <ol class="mw-timeline">{value.steps.map((step, i) => <StepItem key={i} step={step} trace={value} />)}</ol>
          </section>
          {value.steps.some((step) => step.header?.kind === 'command' && step.header.mac) && <ReplayOnEmulator request={value.request_id} />}
          <Table caption="Keys that took part" rows={value.keys} rowKey={(k) => k.role + k.owner + k.serial} columns={[
            { title: 'What for', cell: (k) => k.role }, { title: 'Whose', cell: (k) => <span class="mw-mono">{k.owner}</span> },
            { title: 'Certificate', cell: (k) => (k.serial ? <span class="mw-mono">{k.serial}</span> : 'none is known') },
            { title: 'Known from', cell: (k) => (k.in_use_now ? 'in use now' : 'the event') },
          ]} />
        </>
      )}</Loaded>
    </>
  )
}

function VerdictBox({ verdict }: { verdict: Verdict }) {
  return (
    <div class={`mw-verdict mw-verdict--${verdict.who}`} role="region" aria-label="Whose move it is">
      <h2 class="govuk-heading-m"><Tag colour={whoColour(verdict.who)}>{plainWords(verdict.who)}</Tag> {plainWords(verdict.state)}{verdict.code ? ` (${verdict.code}${verdict.code_means ? `, ${verdict.code_means}` : ''})` : ''}</h2>
      <p class="govuk-body"><strong>Whose move it is: {verdict.who_words}.</strong> {verdict.next}</p>
      {verdict.why && <p class="govuk-body">Because: {verdict.why}</p>}
      <p class="govuk-body mw-muted">Since <When at={verdict.since} />; {verdict.area}; row <code>{verdict.row}</code> of next_moves.tsv, {verdict.how_sure}</p>
    </div>
  )
}

const Facts = ({ trace }: { trace: Trace }) => (
  <Summary rows={[
    ['Service', trace.service && `${trace.service} ${trace.service_name ?? ''}`],
    ['User', trace.originator && <a class="govuk-link mw-mono" href={`/requests?user=${trace.originator}`}>{trace.originator}</a>],
    ['Device', trace.target && <a class="govuk-link mw-mono" href={`/requests?device=${trace.target}`}>{trace.target}</a>],
    ['Counter', trace.counter],
    ['Documents', trace.legs.length > 0 && trace.legs.map((leg) => `${leg.leg}, command variant ${leg.command_variant}${leg.use_case ? `, ${leg.use_case}` : ''}`).join('; ')],
    ['Belongs together with', trace.links.length > 0 && <ul class="govuk-list">{trace.links.map((link) => (
      <li key={link.key}>{link.relation}: {link.relation === 'schedule' ? <code>{link.key}</code> : <a class="govuk-link mw-mono" href={traceOf(link.key)}>{link.key}</a>}</li>))}</ul>],
  ]} />
)

function Actions({ trace }: { trace: Trace }) {
  const session = useSession()
  const lines = (trace.curl ?? []).join('\n')
  return (
    <>
      {session.may(['trace.bytes']) && <div class="mw-actions"><a class="govuk-button govuk-button--secondary" href={apiUrl(`/trace/${part(trace.request_id)}/evidence`)} download>Download the evidence (ZIP)</a></div>}
      {lines && (
        <details class="govuk-details">
          <summary class="govuk-details__summary"><span class="govuk-details__summary-text">Send the same to another bench with curl</span></summary>
          <div class="govuk-details__text">
            <p class="govuk-body">The files are in the evidence; $BENCH is the address of the other bench. <Copy text={lines} what="the curl lines" /></p>
            <pre class="mw-pre mw-mono" tabIndex={0} role="region" aria-label="curl lines">{lines}</pre>
          </div>
        </details>
      )}
    </>
  )
}

function StepItem({ step, trace }: { step: Step; trace: Trace }) {
  const event = trace.events[step.event]
  const bad = step.tone === 'refused' || step.tone === 'failed'
  return (
    <li class={bad ? 'mw-timeline--bad' : undefined}>
      <h3>{step.title} <Tag colour={toneColour(step.tone)}>{step.area}</Tag></h3>
      <p class="govuk-body mw-muted">
        <When at={step.time} plain />
        {step.duration_us !== undefined && step.spent !== '-' && <> · {duration(step.duration_us)} {step.spent === 'work' ? 'of work' : `waiting (${step.spent})`}</>}
        {' '}· <span class="mw-mono">{step.step} {step.outcome}</span>
      </p>
      {step.detail && <p class="govuk-body mw-detail">{step.detail}</p>}
      {step.rule && <p class="govuk-body"><strong>Rule {step.rule.name}</strong>: {step.rule.says} <span class="mw-muted">({[step.rule.clause, step.rule.how_sure, step.rule.source].filter((w) => w && w !== '-').join('; ')})</span></p>}
      {step.size !== undefined && event && <Message step={step} event={event} />}
    </li>
  )
}
