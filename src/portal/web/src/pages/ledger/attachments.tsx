import { useState } from 'preact/hooks'
import { apiUrl, ask, part } from '@/lib/api'
import type { Kind, LedgerRecord } from '@/lib/ledger'
import { useSession } from '@/lib/session'
import { Button, ErrorSummary, FileInput, Input } from '@/parts/fields'
import { Table } from '@/parts/table'

interface Attachment { id?: string; attachment?: string; title?: string; class?: string; type?: string; size?: number; [more: string]: unknown }

/// Files of a record; each has a class of its own, and is given back as a download.
export function Attachments({ kind, record, done }: { kind: Kind; record: LedgerRecord; done: () => void }) {
  const session = useSession()
  const files = (record.attachments as Attachment[] | undefined) ?? []
  const may = session.may([`ledger.${kind.kind}.change`])
  const base = `/ledger/${part(kind.kind)}/${part(record.reference)}/attachments`
  const [file, setFile] = useState<File | null>(null)
  const [title, setTitle] = useState('')
  const [errors, setErrors] = useState<{ field?: string; text: string }[]>([])
  if (!files.length && !may) return null
  const idOf = (one: Attachment) => String(one.id ?? one.attachment ?? '')
  return (
    <section aria-label="Attachments">
      {files.length > 0 && <Table caption="Attachments" rows={files} rowKey={idOf} columns={[
        { title: 'Title', cell: (a) => <a class="govuk-link" href={apiUrl(`${base}/${part(idOf(a))}`)} download>{a.title ?? idOf(a)}</a> },
        { title: 'Class', cell: (a) => a.class ?? '' },
        { title: 'Type', cell: (a) => a.type ?? '' },
        { title: 'Octets', cell: (a) => a.size ?? '', number: true },
      ]} />}
      {may && (
        <details class="govuk-details">
          <summary class="govuk-details__summary"><span class="govuk-details__summary-text">Attach a file</span></summary>
          <div class="govuk-details__text">
            <ErrorSummary errors={errors} />
            <Input id="attach-title" label="Title" value={title} onValue={setTitle} />
            <FileInput id="attach-file" label="File" onFile={setFile} />
            <Button kind="secondary" onClick={async () => {
              if (!file || !title.trim()) {
                setErrors([...(title.trim() ? [] : [{ field: 'attach-title', text: 'Enter a title' }]), ...(file ? [] : [{ field: 'attach-file', text: 'Choose a file' }])])
                return
              }
              const answer = await ask(base, { method: 'POST', query: { title: title.trim() }, body: file, type: file.type || 'application/octet-stream' })
              setErrors(answer.ok ? [] : [{ text: answer.problem.detail || answer.problem.title }])
              if (answer.ok) {
                setTitle('')
                done()
              }
            }}>Attach</Button>
          </div>
        </details>
      )}
    </section>
  )
}
