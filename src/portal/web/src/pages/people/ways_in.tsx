import { useState } from 'preact/hooks'
import { ask, part } from '@/lib/api'
import { useSession } from '@/lib/session'
import { useApi } from '@/lib/use_api'
import { announce } from '@/parts/announce'
import { Confirm } from '@/parts/confirm'
import { Copy } from '@/parts/copy'
import { Button, ErrorSummary, FileInput } from '@/parts/fields'
import { Loaded } from '@/parts/states'
import { Table } from '@/parts/table'
import { When } from '@/parts/when'

interface Token { id: string; made_at: string }
interface Certificate { fingerprint: string; subject: string; not_before: string; not_after: string; bound_at: string }

/// His tokens; of a new one the secret is told this once.
export function Tokens({ of }: { of: string }) {
  const session = useSession()
  const path = `/people/${part(of)}/tokens`
  const tokens = useApi<{ tokens: Token[] }>(path)
  const [made, setMade] = useState('')
  const [error, setError] = useState('')
  const may = session.may(['people.tokens.change'])
  return (
    <section aria-label="Tokens">
      <Loaded from={tokens}>{(value) => (
        <Table caption="Tokens" csv={{ path }} rows={value.tokens} rowKey={(one) => one.id} columns={[
          { title: 'Id', cell: (one) => <code>{one.id}</code> },
          { title: 'Made', cell: (one) => <When at={one.made_at} /> },
          ...(may ? [{ title: 'Take back', cell: (one: Token) => (
            <Confirm action={`Take back ${one.id.slice(0, 4)}`} title="It opens nothing from then on, and its sessions end" onConfirm={async () => {
              const answer = await ask(`${path}/${part(one.id)}`, { method: 'DELETE' })
              announce(answer.ok ? 'taken back' : answer.problem.title)
              tokens.refresh()
            }} />
          ) }] : []),
        ]} />
      )}</Loaded>
      <ErrorSummary errors={error ? [{ text: error }] : []} />
      {made && (
        <div class="govuk-inset-text" role="status">
          <p class="govuk-body">The new token. It is told this once: hand it over, and close this page.</p>
          <p class="govuk-body"><code class="mw-mono">{made}</code> <Copy text={made} what="the token" /></p>
        </div>
      )}
      {may && <Button kind="secondary" onClick={async () => {
        const answer = await ask<{ token: string }>(path, { method: 'POST' })
        setError(answer.ok ? '' : answer.problem.detail || answer.problem.title)
        if (answer.ok) setMade(answer.value.token)
        tokens.refresh()
      }}>New token</Button>}
    </section>
  )
}

/// Client certificates that stand for him on the TLS port.
export function Certificates({ of }: { of: string }) {
  const session = useSession()
  const path = `/people/${part(of)}/certificates`
  const certificates = useApi<{ certificates: Certificate[] }>(path)
  const [file, setFile] = useState<File | null>(null)
  const [error, setError] = useState('')
  const may = session.may(['people.certificates.change'])
  return (
    <section aria-label="Certificates">
      <Loaded from={certificates}>{(value) => (
        <Table caption="Client certificates" csv={{ path }} rows={value.certificates} rowKey={(one) => one.fingerprint} columns={[
          { title: 'Subject', cell: (one) => one.subject },
          { title: 'Fingerprint', cell: (one) => <code class="mw-mono">{one.fingerprint.slice(0, 16)}…</code> },
          { title: 'Good until', cell: (one) => <When at={one.not_after} /> },
          { title: 'Bound', cell: (one) => <When at={one.bound_at} /> },
          ...(may ? [{ title: 'Take back', cell: (one: Certificate) => (
            <Confirm action={`Take back ${one.fingerprint.slice(0, 4)}`} title="It stands for nobody from then on" onConfirm={async () => {
              const answer = await ask(`${path}/${part(one.fingerprint)}`, { method: 'DELETE' })
              announce(answer.ok ? 'taken back' : answer.problem.title)
              certificates.refresh()
            }} />
          ) }] : []),
        ]} />
      )}</Loaded>
      {may && (
        <details class="govuk-details">
          <summary class="govuk-details__summary"><span class="govuk-details__summary-text">Bind a certificate</span></summary>
          <div class="govuk-details__text">
            <ErrorSummary errors={error ? [{ field: 'certificate-file', text: error }] : []} />
            <FileInput id="certificate-file" label="Certificate (PEM or DER)" hint="no key: that stays with the person" onFile={setFile} error={error || undefined} />
            <Button kind="secondary" onClick={async () => {
              if (!file) {
                setError('Choose a file')
                return
              }
              const answer = await ask(path, { method: 'POST', body: file, type: 'application/x-pem-file' })
              setError(answer.ok ? '' : answer.problem.detail || answer.problem.title)
              if (answer.ok) announce('bound')
              certificates.refresh()
            }}>Bind</Button>
          </div>
        </details>
      )}
    </section>
  )
}
