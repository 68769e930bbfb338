import { part } from '@/lib/api'
import { recordPath, titleOf, type Kind, type LedgerRecord, type Value } from '@/lib/ledger'
import { useApi } from '@/lib/use_api'
import { Loaded } from '@/parts/states'
import { State } from '@/parts/tag'
import { When } from '@/parts/when'

interface Change { field: string; before: Value; after: Value }
interface Entry { action: string; at: string; by: string; party: string; from: string; to: string; why: string; revision: number; changes: Change[] }
const said = (value: Value) => (value === null ? 'nothing' : Array.isArray(value) ? value.map(String).join('; ') : String(value))

/// Everything that became of a record, newest last.
export function History({ kind, record }: { kind: Kind; record: LedgerRecord }) {
  const asked = useApi<{ history: Entry[] }>(`/ledger/${part(kind.kind)}/${part(record.reference)}/history`)
  return (
    <section aria-label="History">
      <h2 class="govuk-heading-m">History</h2>
      <Loaded from={asked}>{(value) => (
        <ol class="mw-timeline">{value.history.map((e) => (
          <li key={e.revision}>
            <h3>{titleOf(e.action)}{e.to && e.to !== e.from ? `: ${e.from || 'nothing'} to ${e.to}` : ''}</h3>
            <p class="govuk-body-s"><When at={e.at} /> by {e.by}{e.party ? `, ${e.party}` : ''}{e.why ? `: ${e.why}` : ''}</p>
            {e.changes.length > 0 && <ul class="govuk-list govuk-list--bullet">{e.changes.map((c) => (
              <li key={c.field}><strong>{titleOf(c.field)}</strong>: {c.before === null ? '' : <><del>{said(c.before)}</del> → </>}{said(c.after)}</li>
            ))}</ul>}
          </li>
        ))}</ol>
      )}</Loaded>
    </section>
  )
}

interface Found { kind: string; reference: string; label: string; state: string }
export function Mentions({ kind, reference }: { kind: string; reference: string }) {
  const asked = useApi<{ records: Found[] }>(`/ledger/${part(kind)}/${part(reference)}/mentions`)
  if (!asked.value?.records.length) return null
  return (
    <section aria-label="Mentioned in">
      <h2 class="govuk-heading-m">Mentioned in</h2>
      <ul class="govuk-list">{asked.value.records.map((r) => (
        <li key={r.kind + r.reference}><a class="govuk-link" href={recordPath(r.kind, r.reference)}>{r.reference}</a> {r.label} <State of={r.state} /></li>
      ))}</ul>
    </section>
  )
}
