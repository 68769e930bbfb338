import { apiUrl, part } from '@/lib/api'
import type { Kind, LedgerRecord } from '@/lib/ledger'

/// What is made from a record and others (GET /api/v1/governance/<view>/<reference>), by its kind.
const kViews: Record<string, [view: string, title: string][]> = {
  meeting: [['minutes', 'Minutes'], ['agenda', 'Agenda']],
  committee: [['action-log', 'Action log']],
  paper: [['paper', 'Paper']],
  proposal: [['proposal', 'Proposal'], ['adoption', 'Adoption']],
  survey: [['survey', 'Survey']],
  legal_text: [['legal-text', 'Legal text']],
}
const kFormats = ['html', 'pdf', 'md'] as const

export function Documents({ kind, record }: { kind: Kind; record: LedgerRecord }) {
  const views = kViews[kind.kind] ?? []
  const reference = part(record.reference)
  return (
    <section aria-label="Documents">
      <h2 class="govuk-heading-m">Documents</h2>
      <ul class="govuk-list">
        <li>This record: {kFormats.map((f) => <> <a key={f} class="govuk-link" href={apiUrl(`/ledger/${part(kind.kind)}/${reference}/document`, { format: f })} target="_blank" rel="noopener">{f}<span class="govuk-visually-hidden"> of this record (opens in a new tab)</span></a></>)}</li>
        {views.map(([view, title]) => (
          <li key={view}>{title}: {kFormats.map((f) => <> <a key={f} class="govuk-link" href={apiUrl(`/governance/${view}/${reference}`, { format: f })} target="_blank" rel="noopener">{f}<span class="govuk-visually-hidden"> of {title} (opens in a new tab)</span></a></>)}</li>
        ))}
      </ul>
    </section>
  )
}
