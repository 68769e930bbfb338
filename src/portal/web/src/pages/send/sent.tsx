import { pages } from 'generated/pages'
import { part as pathPart } from '@/lib/api'
import { findPage, type PageProps } from '@/lib/page'
import { useApi } from '@/lib/use_api'
import { Copy } from '@/parts/copy'
import { Empty, Loaded } from '@/parts/states'
import { Summary } from '@/parts/summary'
import { State } from '@/parts/tag'

interface Sent {
  request_id: string
  service: string
  state: string
  told: string[]
  answers: { at: string; code: string; opened: boolean; words: string }[]
}
const kOver = /^(answered|refused|failed)$/

/// How far a request is that was sent from here, and what came back, opened with the User's keys.
export function SentPage({ part }: PageProps) {
  const path = `/requests/${pathPart(part.request!)}/answer`
  const sent = useApi<Sent>(path, {}, { every: 1000 })
  const trace = `/trace/${pathPart(part.request!)}`
  return (
    <>
      <h1 class="govuk-heading-l">Sent request</h1>
      <p class="govuk-body mw-mono">{part.request} <Copy text={part.request!} what="RequestID" /></p>
      <div class="mw-actions">
        {findPage(pages, trace) && <a class="govuk-button" href={trace} role="button">Trace</a>}
        {sent.value && <a class="govuk-link" href={`/send/${sent.value.service}`}>Another {sent.value.service}</a>}
      </div>
      <Loaded from={sent}>{(value) => (
        <>
          <Summary rows={[['State', <State of={value.state} />], ['Service', value.service]]} />
          <h2 class="govuk-heading-m">Answer</h2>
          {value.answers.map((one) => (
            <section key={one.at + one.code}>
              {!one.opened && <p class="govuk-body"><strong>It does not check:</strong> a signature or MAC in it is wrong.</p>}
              <pre class="mw-pre" tabIndex={0} aria-label={`Answer ${one.code} at ${one.at}`}>{one.words}</pre>
            </section>
          ))}
          {value.answers.length === 0 && <Empty why="none"><p>{kOver.test(value.state) ? 'No document came back.' : 'The device has not answered yet; this page looks again every second.'}</p></Empty>}
          <h2 class="govuk-heading-m">What the User’s side did</h2>
          <pre class="mw-pre" tabIndex={0} aria-label="What the User’s side did">{value.told.join('\n')}</pre>
        </>
      )}</Loaded>
    </>
  )
}
