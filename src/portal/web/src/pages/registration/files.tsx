import { useState } from 'preact/hooks'
import { apiUrl, ask, part } from '@/lib/api'
import { useFilters } from '@/lib/location'
import { useSession } from '@/lib/session'
import { useApi } from '@/lib/use_api'
import { announce } from '@/parts/announce'
import { Button, ErrorSummary, FileInput } from '@/parts/fields'
import { Filters } from '@/parts/filters'
import { Loaded } from '@/parts/states'
import { Table, whyEmpty } from '@/parts/table'
import { State } from '@/parts/tag'
import { When } from '@/parts/when'

interface Sender { id: string; party: string; source: string; networks: string[]; route: string; next: number; next_out: number; must_sign: boolean }
interface Load { sender: string; sequence: number; name?: string; state?: string; at?: string; records?: number; taken?: number; refused?: number; [more: string]: unknown }

/// Senders of registration data, the files that came from them, and what each was answered.
export function RegistrationFiles() {
  const [query, setQuery] = useFilters()
  const session = useSession()
  const sender = query.get('sender') ?? ''
  const senders = useApi<{ senders: Sender[] }>(session.may(['registration.senders.read']) ? '/registration/senders' : null)
  const files = useApi<{ files: Load[] }>('/registration/files', { sender, limit: 100 })
  const [file, setFile] = useState<File | null>(null)
  const [errors, setErrors] = useState<{ text: string }[]>([])
  return (
    <>
      <h1 class="govuk-heading-l">Registration data</h1>
      <Filters of={[{ name: 'sender', label: 'Sender' }]} />
      {session.may(['registration.files.take']) && (
        <section aria-label="Bring a file">
          <ErrorSummary errors={errors} />
          <FileInput id="registration-file" label="Bring a file of registration data" hint="its name says whose it is and which in turn" onFile={setFile} />
          <Button kind="secondary" disabled={!file} onClick={async () => {
            const answer = await ask('/registration/files', { method: 'POST', query: { name: file!.name }, body: file!, type: 'application/octet-stream' })
            setErrors(answer.ok ? [] : [{ text: answer.problem.detail || answer.problem.title }, ...(answer.problem.errors ?? []).map((e) => ({ text: `${e.field}: ${e.detail}` }))])
            announce(answer.ok ? 'taken' : 'not taken')
            if (answer.ok) files.refresh()
          }}>Bring it</Button>
        </section>
      )}
      <Loaded from={files}>{(value) => (
        <Table caption="Files" rows={value.files} rowKey={(f) => `${f.sender} ${f.sequence}`} empty={whyEmpty(query)} emptyWords={sender ? undefined : 'Choose a sender to see its files.'}
          csv={{ path: '/registration/files', query: { sender, limit: 100 } }} columns={[
            { title: 'Sender', cell: (f) => f.sender }, { title: 'Number', cell: (f) => f.sequence, number: true }, { title: 'State', cell: (f) => (f.state ? <State of={f.state} /> : '') },
            { title: 'Came', cell: (f) => <When at={f.at} /> }, { title: 'Records', cell: (f) => f.records ?? '', number: true }, { title: 'Refused', cell: (f) => f.refused ?? '', number: true },
            { title: 'Answer', cell: (f) => <a class="govuk-link" href={apiUrl(`/registration/files/${part(f.sender)}/${f.sequence}/response`)} download>response</a> },
          ]} />
      )}</Loaded>
      <Loaded from={senders}>{(value) => (
        <Table caption="Senders" rows={value.senders} rowKey={(s) => s.id} csv={{ path: '/registration/senders' }} columns={[
          { title: 'Sender', cell: (s) => <button type="button" class="mw-link-plain" onClick={() => setQuery({ sender: s.id })}>{s.id}<span class="govuk-visually-hidden">: its files</span></button> },
          { title: 'Party', cell: (s) => s.party }, { title: 'Source', cell: (s) => s.source }, { title: 'Networks', cell: (s) => s.networks.join(', ') || 'all' },
          { title: 'Next in', cell: (s) => s.next, number: true }, { title: 'Next out', cell: (s) => s.next_out, number: true }, { title: 'Signs', cell: (s) => (s.must_sign ? 'must' : 'may') },
        ]} />
      )}</Loaded>
    </>
  )
}
