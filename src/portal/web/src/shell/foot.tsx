import { useLayoutEffect, useState } from 'preact/hooks'
import { callsOfPage, curlOf, watchCalls } from '@/lib/api'
import { Copy } from '@/parts/copy'

/// What this page asked of the API, each as a curl line.
export function Foot() {
  const [, again] = useState(0)
  useLayoutEffect(() => watchCalls(() => again((n) => n + 1)), [])
  const lines = callsOfPage().map(curlOf)
  return (
    <footer class="mw-foot">
      {lines.length > 0 && (
        <details class="govuk-details" open>
          <summary class="govuk-details__summary"><span class="govuk-details__summary-text">This page by curl</span></summary>
          {lines.map((line) => <div class="mw-curl" key={line}><code tabIndex={0}>{line}</code><Copy text={line} what="curl line" /></div>)}
        </details>
      )}
      <p class="govuk-body-s">Meterway: an open smart-metering DCC. <a class="govuk-link" href="/about/api">The API</a></p>
    </footer>
  )
}
