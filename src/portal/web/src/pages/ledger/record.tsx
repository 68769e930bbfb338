import { useState } from 'preact/hooks'
import { ask, part, type Problem } from '@/lib/api'
import { titleOf, type Kind, type LedgerRecord, type Transition } from '@/lib/ledger'
import type { PageProps } from '@/lib/page'
import { useSession } from '@/lib/session'
import { useApi, type Asked } from '@/lib/use_api'
import { announce } from '@/parts/announce'
import { Button } from '@/parts/fields'
import { Loaded } from '@/parts/states'
import { Summary } from '@/parts/summary'
import { State, Tag } from '@/parts/tag'
import { When } from '@/parts/when'
import { Attachments } from '@/pages/ledger/attachments'
import { Documents } from '@/pages/ledger/documents'
import { History, Mentions } from '@/pages/ledger/history'
import { RecordForm, type SentDraft } from '@/pages/ledger/form'
import { classColour } from '@/pages/ledger/list'
import { FieldValue } from '@/pages/ledger/value'

/// One record: what it says, what may be done with it now and by whom, its documents, and everything that became of it.
export function LedgerRecordPage({ part: parts }: PageProps) {
  const kind = useApi<Kind>(`/kinds/${part(parts.kind ?? '')}`, {}, { quiet: true })
  const record = useApi<LedgerRecord>(`/ledger/${part(parts.kind ?? '')}/${part(parts.reference ?? '')}`)
  return <Loaded from={kind}>{(k) => <Loaded from={record}>{(r) => <Shown kind={k} record={r} asked={record} />}</Loaded>}</Loaded>
}

function Shown({ kind, record, asked }: { kind: Kind; record: LedgerRecord; asked: Asked<LedgerRecord> }) {
  const label = kind.label ? String(record.fields[kind.label] ?? '') : ''
  const known = new Map(kind.fields.map((f) => [f.name, f]))
  const shown = kind.fields.filter((f) => record.fields[f.name] !== undefined && record.fields[f.name] !== null)
  return (
    <>
      <a class="govuk-back-link" href={`/ledger/${kind.kind}`}>{kind.title}</a>
      <h1 class="govuk-heading-l"><span class="govuk-caption-l">{kind.title} {record.reference}</span>{label || record.reference}</h1>
      <p class="govuk-body"><State of={record.state} /> <Tag colour={classColour(record.class)}>{record.class}</Tag></p>
      <Summary rows={[
        ...shown.map((f): [string, preact.ComponentChildren] => [titleOf(f.name), <FieldValue field={known.get(f.name)} value={record.fields[f.name]} />]),
        ['Made', <><When at={String(record.created ?? '')} /> by {String(record.created_by ?? '')}</>],
        ['Changed', <When at={String(record.changed ?? '')} />],
      ]} />
      <Doing kind={kind} record={record} asked={asked} />
      <Documents kind={kind} record={record} />
      <Attachments kind={kind} record={record} done={asked.refresh} />
      <Mentions kind={kind.kind} reference={record.reference} />
      <History key={record.revision} kind={kind} record={record} />
    </>
  )
}

interface Choice { action: string; transition: Transition }

/// What is possible from this state. Actions that this person has not are shown with who has them, so that one knows whose move it is.
function Doing({ kind, record, asked }: { kind: Kind; record: LedgerRecord; asked: Asked<LedgerRecord> }) {
  const session = useSession()
  const [open, setOpen] = useState<Choice | 'change' | null>(null)
  const possible = kind.transitions.filter((t) => t.action !== 'create' && t.action !== 'change' && (t.from === record.state || t.from === '*'))
  const mine = possible.filter((t) => session.may([`ledger.${kind.kind}.${t.action}`]))
  const others = possible.filter((t) => !mine.includes(t))
  const mayChange = session.may([`ledger.${kind.kind}.change`])
  const done = (what: string) => {
    setOpen(null)
    asked.refresh()
    announce(`${record.reference}: ${what}`)
  }
  const send = (path: string, method: string, what: string) => async (draft: SentDraft): Promise<Problem | null> => {
    const answer = await ask(path, { method, json: draft, ...(asked.etag ? { ifMatch: asked.etag } : {}) })
    if (!answer.ok) return answer.problem
    done(what)
    return null
  }
  const base = `/ledger/${part(kind.kind)}/${part(record.reference)}`
  const editable = kind.fields.filter((f) => f.set_by === 'anyone')
  return (
    <section aria-label="What can be done">
      <h2 class="govuk-heading-m">What can be done</h2>
      {mine.length === 0 && !mayChange && <p class="govuk-body">Nothing by you from here.</p>}
      <div class="mw-actions">
        {mine.map((t) => <Button key={t.action} kind="secondary" onClick={() => setOpen({ action: t.action, transition: t })}>{titleOf(t.action)}</Button>)}
        {mayChange && <Button kind="secondary" onClick={() => setOpen('change')}>Change</Button>}
      </div>
      {open === 'change' && (
        <div class="govuk-inset-text">
          <h3 class="govuk-heading-s">Change {record.reference}</h3>
          <RecordForm key="change" fields={editable} needed={editable.filter((f) => f.required).map((f) => f.name)} values={record.fields} askClass action="Save" send={send(base, 'PATCH', 'changed')} cancel={() => setOpen(null)} />
        </div>
      )}
      {open !== null && open !== 'change' && (
        <div class="govuk-inset-text">
          <h3 class="govuk-heading-s">{titleOf(open.action)}: {open.transition.meaning}</h3>
          <RecordForm key={open.action} fields={open.transition.needs.flatMap((name) => kind.fields.filter((f) => f.name === name))} needed={open.transition.needs}
            more={kind.fields.filter((f) => f.set_by === 'action' && f.type !== 'attachment' && !open.transition.needs.includes(f.name))} action={titleOf(open.action)}
            send={send(`${base}/${part(open.action)}`, 'POST', `${open.action}: done`)} cancel={() => setOpen(null)} />
        </div>
      )}
      {others.length > 0 && (
        <p class="govuk-body mw-muted">Others: {others.map((t) => `${t.action} (${t.who.join(', ')})`).join('; ')}.</p>
      )}
    </section>
  )
}
