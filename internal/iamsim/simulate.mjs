// Answers authorization requests with the IAM simulator that package.json
// pins. Each line on stdin is one JSON document, and is answered by one on
// stdout; the program ends with its input:
//
//   in   {"documents": {name: policy as text},
//         "requests": [{"principal", "action", "resource", "account", "context", "ambient",
//                       "identity": [name], "boundary": [name], "resourcePolicy": name}]}
//   out  [{"decision": "Allowed" | "ExplicitlyDenied" | "ImplicitlyDenied", "by": [Sid]}
//         or {"error": "…"}], in the order of the requests
//
// The simulator leaves out context keys that AWS does not send for an action.
// For those in "context" that is an error here: a test that relies on such a
// key would prove nothing. Those in "ambient" are sent wherever AWS sends them.

import { createInterface } from 'node:readline'
import { createValidatedPolicy, validateIdentityPolicy, validateResourcePolicy } from '@cloud-copilot/iam-policy'
import { allowedContextKeysForRequest, runSimulation } from '@cloud-copilot/iam-simulate'

// The simulator knows keys with a variable part only where a slash stands
// before it, so kms:EncryptionContext:KEY is asked as a tag of the request, in
// documents and requests alike.
const encryptionContext = /^kms:EncryptionContext:/i
const encryptionContextKeys = 'kms:encryptioncontext:${encryptioncontextkey}'

function encryptionContextAsTag(value) {
  return JSON.parse(JSON.stringify(value).replace(/"kms:EncryptionContext:/gi, '"aws:RequestTag/kms-encryption-context-'))
}

// The simulator knows no resource with an empty name, such as the alarm without
// a name that Application Auto Scaling tries: it gets a name here, in documents
// and requests alike.
function nameTheUnnamed(value) {
  return JSON.parse(JSON.stringify(value).replace(/"(arn:[^"\s]*:)"/g, '"$1(no-name)"'))
}

// documents are those of the line that is being answered.
let documents

const once = new Map()

// memo computes a value once for a key.
function memo(key, compute) {
  if (!once.has(key)) once.set(key, compute())
  return once.get(key)
}

function policy(name, validate) {
  if (!(name in documents)) throw new Error(`no document ${JSON.stringify(name)}`)
  const text = documents[name]
  return memo(`${validate.name} ${text}`, () => createValidatedPolicy(nameTheUnnamed(encryptionContextAsTag(JSON.parse(text))), validate))
}

async function answer(request) {
  const { action } = request
  const identityPolicies = (names) => (names ?? []).map((name) => ({ name, policy: policy(name, validateIdentityPolicy) }))
  const boundary = identityPolicies(request.boundary)
  const response = await runSimulation(
    {
      request: {
        principal: request.principal,
        action,
        resource: { resource: request.resource, accountId: request.account },
        contextVariables: { ...(await sent(request)), ...encryptionContextAsTag(request.context ?? {}) },
      },
      identityPolicies: identityPolicies(request.identity),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      ...(request.resourcePolicy ? { resourcePolicy: policy(request.resourcePolicy, validateResourcePolicy) } : {}),
      ...(boundary.length > 0 ? { permissionBoundaryPolicies: boundary } : {}),
    },
    { simulationMode: 'Strict' },
  )
  if (response.resultType === 'error') return { error: JSON.stringify(response.errors) }
  const results = response.resultType === 'single' ? [response.result] : response.results
  const ignored = new Set(results.flatMap((r) => r.ignoredContextKeys ?? []))
  if (Object.keys(request.context ?? {}).some((key) => encryptionContext.test(key)) && !(await keysOf(request)).includes(encryptionContextKeys)) {
    ignored.add('kms:EncryptionContext')
  }
  if (ignored.size > 0) {
    return { error: `AWS sends no ${[...ignored].sort().join(', ')} with ${action} on ${request.resource}` }
  }
  return { decision: response.overallResult, by: [...new Set(results.flatMap((r) => deciding(r.analysis)))].sort() }
}

// keysOf are the context keys that AWS sends with the request, in lower case.
function keysOf({ action, resource }) {
  const [service, name] = action.split(':')
  return memo(`keys ${action} ${resource}`, () => allowedContextKeysForRequest(service, name, resource))
}

// sent are the ambient keys among them.
async function sent(request) {
  const patterns = (await keysOf(request)).map((key) => key.split('/')[0])
  return Object.fromEntries(Object.entries(request.ambient ?? {}).filter(([key]) => patterns.includes(key.toLowerCase().split('/')[0])))
}

// deciding are the statements that made the decision: those that deny, or else
// those that allow.
function deciding(analysis) {
  const parts = [analysis?.identityAnalysis, analysis?.permissionBoundaryAnalysis, analysis?.resourceAnalysis].filter(Boolean)
  const sids = (list) => parts.flatMap((p) => p[list] ?? []).map((s) => s.statement.sid() ?? '')
  const denies = sids('denyStatements')
  return denies.length > 0 ? denies : sids('allowStatements')
}

for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  const input = JSON.parse(line)
  documents = input.documents
  const answers = []
  for (const request of nameTheUnnamed(input.requests)) {
    try {
      answers.push(await answer(request))
    } catch (e) {
      answers.push({ error: e.message })
    }
  }
  process.stdout.write(JSON.stringify(answers) + '\n')
}
