import { useState } from 'preact/hooks'
import { Copy } from '@/parts/copy'
import { Tabs } from '@/parts/tabs'
import type { Step, TraceEvent } from '@/pages/requests/model'

/// A message: its parts beside its bytes. A part that is pointed at, or has the focus, is marked among the bytes.
export function Message({ step, event }: { step: Step; event: TraceEvent }) {
  const header = step.header
  return (
    <details class="govuk-details mw-message">
      <summary class="govuk-details__summary"><span class="govuk-details__summary-text">
        {header ? `${header.use_case ?? header.code} ${header.kind}` : 'Message'}, {step.size} bytes{header?.signed ? ', signed' : ''}{header?.mac ? ', with a MAC' : ''}
      </span></summary>
      <div class="govuk-details__text">
        {event.bytes === undefined ? <p class="govuk-body">Its bytes are not for you: function <code>trace.bytes</code>.</p> : (
          <Tabs label="Forms of the message" tabs={[
            { id: `bytes-${step.event}`, title: 'Parts and bytes', body: () => <Bytes step={step} hex={event.bytes!} /> },
            { id: `tree-${step.event}`, title: 'What it says', body: () => <Tree value={event.message} /> },
          ]} />
        )}
      </div>
    </details>
  )
}

function Bytes({ step, hex }: { step: Step; hex: string }) {
  const [marked, setMarked] = useState<number | null>(null)
  const parts = step.parts ?? []
  return (
    <>
      <p class="govuk-body"><Copy text={hex} what="all bytes as hexadecimal" /></p>
      <div class="mw-columns">
        <ul class="mw-parts" aria-label="Parts of the message">
          {parts.map((one, i) => (
            <li key={one.offset}>
              <button type="button" class="mw-part" aria-pressed={marked === i} onMouseEnter={() => setMarked(i)} onFocus={() => setMarked(i)} onClick={() => setMarked(i)}>
                <span class="mw-mono mw-muted">{one.offset}+{one.size}</span> {one.name}{one.value && <>: <span class="mw-mono">{one.value}</span></>}
              </button>
            </li>
          ))}
        </ul>
        <pre class="mw-hex" tabIndex={0} role="region" aria-label="Bytes">{parts.length === 0 ? hex : parts.map((one, i) => {
          const bytes = hex.slice(one.offset * 2, (one.offset + one.size) * 2)
          return marked === i ? <mark key={one.offset} class="mw-mark">{bytes}</mark> : <span key={one.offset} onMouseEnter={() => setMarked(i)}>{bytes}</span>
        })}</pre>
      </div>
    </>
  )
}

const Tree = ({ value }: { value: unknown }) => (
  value === undefined ? <p class="govuk-body">Nothing here reads these bytes.</p>
    : <><p class="govuk-body"><Copy text={JSON.stringify(value, null, 2)} what="the content as JSON" /></p>
      <pre class="mw-pre mw-mono" tabIndex={0} role="region" aria-label="Content">{JSON.stringify(value, null, 2)}</pre></>
)
