import { ask, part } from '@/lib/api'
import { navigate } from '@/lib/location'
import { recordPath, type Kind, type LedgerRecord } from '@/lib/ledger'
import type { PageProps } from '@/lib/page'
import { useSession } from '@/lib/session'
import { useApi } from '@/lib/use_api'
import { useState } from 'preact/hooks'
import { Empty, Loaded } from '@/parts/states'
import { Button, FileInput, ErrorSummary } from '@/parts/fields'
import { RecordForm } from '@/pages/ledger/form'

/// A record is made: by a form, or many from a CSV, all or none.
export function LedgerNew({ part: parts }: PageProps) {
  const name = parts.kind ?? ''
  const kind = useApi<Kind>(`/kinds/${part(name)}`)
  const session = useSession()
  return (
    <Loaded from={kind}>{(value) => {
      // Making it is an action, too: fields that come with actions may come now, and those that it cannot be without must.
      const fields = value.fields.filter((f) => f.set_by === 'anyone' || (f.set_by === 'action' && f.required))
      const more = value.fields.filter((f) => f.set_by === 'action' && !f.required && f.type !== 'attachment')
      return (
        <>
          <a class="govuk-back-link" href={`/ledger/${value.kind}`}>{value.title}</a>
          <h1 class="govuk-heading-l">New {value.title.toLowerCase()}</h1>
          {!session.may([`ledger.${value.kind}.create`])
            ? <Empty why="forbidden"><p>It is made by: {value.created_by.join(', ')}.</p></Empty>
            : <>
                <RecordForm fields={fields} more={more} needed={fields.filter((f) => f.required).map((f) => f.name)} action="Make it" askReference askClass
                  send={async (draft) => {
                    const made = await ask<LedgerRecord>(`/ledger/${part(value.kind)}`, { method: 'POST', json: draft })
                    if (!made.ok) return made.problem
                    navigate(recordPath(value.kind, made.value.reference))
                    return null
                  }} />
                <ImportRows kind={value} />
              </>}
        </>
      )
    }}</Loaded>
  )
}

function ImportRows({ kind }: { kind: Kind }) {
  const [file, setFile] = useState<File | null>(null)
  const [errors, setErrors] = useState<{ text: string }[]>([])
  const [made, setMade] = useState('')
  return (
    <details class="govuk-details">
      <summary class="govuk-details__summary"><span class="govuk-details__summary-text">Many at once, from a CSV</span></summary>
      <div class="govuk-details__text">
        <p class="govuk-body">The first row names the fields; all rows are taken or none.</p>
        <ErrorSummary errors={errors} />
        {made && <p class="govuk-body" role="status"><strong>{made}</strong></p>}
        <FileInput id="import-file" label="File" accept=".csv,text/csv" onFile={setFile} />
        <Button kind="secondary" disabled={!file} onClick={async () => {
          const answer = await ask<Record<string, unknown>>(`/ledger/${part(kind.kind)}`, { method: 'POST', body: file!, type: 'text/csv' })
          setErrors(answer.ok ? [] : answer.problem.errors?.length ? answer.problem.errors.map((e) => ({ text: `${e.field}: ${e.detail}` })) : [{ text: answer.problem.detail }])
          setMade(answer.ok ? `Taken: ${JSON.stringify(answer.value)}` : '')
        }}>Take the file</Button>
      </div>
    </details>
  )
}
