import { MASK } from './mask.ts';

/** Keys that tell by how they begin what they are. */
const PREFIXED: readonly RegExp[] = [
  /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, // JSON Web Token: service account and OIDC tokens
  /\bxox[abcdeoprs]-[\w-]{8,}|\bxapp-[\w-]{8,}|\bxoxe\.xox[bp]-[\w-]{8,}/g, // Slack
  /\bgh[oprsu]_\w{20,}|\bgithub_pat_\w{20,}/g,
  /\bgl(?:pat|dt|rt|cbt|ptt|ft|soat|agent|imt)-[\w-]{16,}/g, // GitLab
  /\bAIza[\w-]{30,}|\bya29\.[\w-]{20,}|\bGOCSPX-[\w-]{20,}/g, // Google
  /\bhv[bsr]\.[\w-]{16,}|\bs\.[A-Za-z0-9]{24}\b/g, // Vault
  /\b[rs]k_(?:live|test)_\w{8,}|\bwhsec_[\w+/=]{16,}/g, // Stripe
  /\bsk-(?:ant|proj|svcacct|or)-[\w-]{16,}|\bsk-[A-Za-z0-9]{32,}/g, // Anthropic, OpenAI
  /\bnpm_[A-Za-z0-9]{30,}|\bpypi-[\w-]{40,}|\brubygems_[a-f0-9]{40,}/g,
  /\bdo[opr]_v1_[a-f0-9]{32,}|\bdapi[a-f0-9]{32}\b|\bshp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}/g, // DigitalOcean, Databricks, Shopify
  /\bSG\.[\w-]{16,}\.[\w-]{16,}|\bkey-[a-f0-9]{32}\b/g, // SendGrid, Mailgun
  /\bdckr_(?:pat|oat)_[\w-]{20,}|\bhf_[A-Za-z0-9]{30,}|\bATATT3[\w=-]{20,}|\bNRAK-[A-Z0-9]{20,}/g,
  /\bglsa_[A-Za-z0-9]{32}_[a-fA-F0-9]{8}\b|\bglc_eyJ[\w+/=-]{20,}|\bpul-[a-f0-9]{40}\b/g, // Grafana, Pulumi
  /\btskey-[a-z]+-[\w-]{10,}|\bAGE-SECRET-KEY-1[A-Z0-9]{20,}|\blin_api_\w{20,}|\bsntry[su]_[\w+/=-]{20,}/g,
  /(?<!\d)\d{8,10}(?::|%3A)AA[\w-]{30,40}(?![\w-])/gi, // Telegram bot, in an address behind the word "bot"
  /\bk8s-aws-v1\.[\w-]{16,}|\bsha256~[\w-]{20,}|\bK10[\da-f]{20,}::\w+:\w+/g, // EKS, OpenShift, K3s
];

/** Whoever has such an address may post, or read. */
const ADDRESSES: readonly (readonly [RegExp, string])[] = [
  [/(\bhooks\.slack\.com\/(?:services|workflows|triggers|commands|actions|app)\/)[\w/-]+/gi, `$1${MASK}`],
  [/(\bevents\.(?:eu\.)?pagerduty\.com\/integration\/)\w+/gi, `$1${MASK}`],
  [/(\bdiscord(?:app)?\.com\/api\/(?:v\d+\/)?webhooks\/\d+\/)[\w-]+/gi, `$1${MASK}`],
  [
    /(\bwebhook\.office\.com\/webhookb?2?\/|\boutlook\.office(?:365)?\.com\/webhook\/|\balert\.victorops\.com\/integrations\/\w+\/\d+\/alert\/)[\w@/-]+/gi,
    `$1${MASK}`,
  ],
  [/(\/hooks\/)(?:[a-z0-9]{26}\b|[A-Za-z0-9]{17,24}\/[A-Za-z0-9]{24,})/g, `$1${MASK}`], // Mattermost, Rocket.Chat
  [
    /(\bhooks\.zapier\.com\/hooks\/|\/open-apis\/bot\/v2\/hook\/|\/oncall\/integrations\/v1\/\w+\/)[\w/-]+/gi,
    `$1${MASK}`,
  ],
  [
    /(\bhc-ping\.com\/|\bnosnch\.in\/|\/with\/key\/|\bweixin\.qq\.com\/cgi-bin\/webhook\/send\?key=)[\w-]+/gi,
    `$1${MASK}`,
  ],
  [/((?:routing|service|integration)[_-]?key\\*["']?(?:\s*[:=]\s*|\s+)\\*["']?)[a-z0-9]{30,32}\b/gi, `$1${MASK}`], // PagerDuty
  // Signed addresses: Azure's shared access signature, and presigned ones of S3 and Google Cloud Storage.
  [/((?:[?&;](?:sig|signature|auth|hmac)|\bx-(?:amz|goog)-(?:signature|credential))=)[^\s&"'<>]+/gi, `$1${MASK}`],
];

/**
 * Passwords in an address. One holds an `@` of its own more often than anybody escapes it: it ends at the last one before
 * the path. One with a `/` in it is told from the path behind a port, as in `docker://registry:5000/app@sha256:…`.
 */
const PASSWORD_TO_LAST_AT = String.raw`[^\s/@]{1,200}(?:@[^\s/@"'<>]{1,200}){0,9}@`;
const PASSWORD_WITH_SLASH = String.raw`(?!\d{1,5}(?:[/?#]|$))[^\s/@"'<>]{1,200}\/[^\s@"'<>]{0,200}@`;
const IN_ADDRESSES: readonly (readonly [RegExp, string])[] = [
  [/(\bhttps?:\/\/)[\w-]{24,200}(?::(?:x-oauth-basic)?)?@(?!sha256:)/gi, `$1${MASK}@`], // a token in the user's place
  [
    new RegExp(
      String.raw`(\b[a-z][a-z\d+.-]{0,20}:\/\/[^\s/:@[]{0,100}:)(?:${PASSWORD_TO_LAST_AT}|${PASSWORD_WITH_SLASH})`,
      'gi',
    ),
    `$1${MASK}@`,
  ],
  [/(\bjdbc:oracle:\w+:[^\s/@]{1,60}\/)[^\s@]+@/gi, `$1${MASK}@`],
  // Of MySQL, as Go's driver writes it: `user:password@tcp(db:3306)/shop`, `user:password@/shop`.
  [/(?<![^\s"'=[{,])([^\s:@/"'=([{,]{1,64}:)[^\s"']{1,200}@(?=(?:tcp[46]?|unix|cloudsql)?\(|\/\w)/gi, `$1${MASK}@`],
];

/** Of `Authorization`: the word that names the scheme, and what follows it. */
const SCHEMES = 'token|api-?key|key|bot|digest|negotiate|ntlm|oauth|dpop|genie-?key|ssws|splunk|aws4-hmac-sha256';
const IN_HEADERS: readonly (readonly [RegExp, string])[] = [
  [/\b(Bearer|Basic)\s+(?!auth(?:entication|orization)\b)[\w.~+/=-]{8,}/gi, `$1 ${MASK}`],
  [
    new RegExp(
      String.raw`(\bauthorization\\*["']?\s*[:=]\s*\\*["']?)(?!bearer|basic)(?:(?:${SCHEMES})\s+[^\s,;"'\\]+|[\w-]{1,40}\s+(?=\S*\d)[^\s,;"'\\[\]]{8,})`,
      'gi',
    ),
    `$1${MASK} ${MASK}`,
  ],
  [/(\b(?:set-)?cookie:\s*)[^\s;=]{1,100}=[^\s;]+(?:;\s?[^\s;=]{1,100}(?:=[^\s;]*)?)*/gi, `$1${MASK}`],
];

const WITH_PASSWORD =
  'sshpass|(?:redis|valkey|keydb)-(?:cli|benchmark)|rabbitmqadmin|mongo(?:sh|dump|restore|export|import)?|cqlsh';
const WITH_LOGIN = 'docker|podman|nerdctl|buildah|helm|skopeo|oras|crane|az|oc';
const MYSQL = '(?:mysql|mariadb)[a-z-]{0,10}';
/** Programs that take a password as an argument which is not called so. */
const IN_COMMANDS: readonly (readonly [RegExp, string])[] = [
  // curl -u name:password, but not docker run -u 1000:1000
  [/((?:^|\s)(?:-u|--(?:proxy-)?user|--(?:src-|dest-)?creds)[\s=]+(?!\d+:\d)[^\s:]{1,100}:)\S+/g, `$1${MASK}`],
  [/(\bbasic[_-]?auth\\*["']?\s*[:=]\s*\\*["']?[^\s:"']{1,60}:)[^\s"']+/gi, `$1${MASK}`],
  [/(\btoken\s+)[a-z0-9]{6}\.[a-z0-9]{16}\b/g, `$1${MASK}`], // kubeadm's
  [/(\s-u)(?<=\bcurl\s[^\n|;]{0,250})([^\s:]{1,100}:)\S+/g, `$1$2${MASK}`], // and -uname:password
  // Each of them that stands behind the program's name: a port that is called so is masked as well.
  [
    new RegExp(
      String.raw`(\s-[pa]\s*)(?<=\b(?:${WITH_PASSWORD}|(?:${WITH_LOGIN})\s(?:registry\s|auth\s)?login)\s[^\n|;]{0,250})[^\s-]\S*`,
      'g',
    ),
    `$1${MASK}`,
  ],
  [new RegExp(String.raw`(\s-p)(?<=\b${MYSQL}\s[^\n|;]{0,250})[^\s-]\S*`, 'g'), `$1${MASK}`],
  [/(\s-P\s*)(?<=\b(?:sqlcmd|bcp|isql|ipmitool|mosquitto_[a-z]{3})\s[^\n|;]{0,250})[^\s-]\S*/g, `$1${MASK}`],
  [/(\s-w\s*)(?<=\bldap(?:search|whoami|modify|add|delete)\s[^\n|;]{0,250})[^\s-]\S*/g, `$1${MASK}`],
  [/((?:\brequirepass|\bmasterauth|\bbindpw|\brootpw|SECRET_ACCESS_KEY)\s+)(?!["'])\S+/g, `$1${MASK}`],
  [/(\bidentified\s(?:with\s\S{1,60}\s)?by\s+)(?:'[^']*'|"[^"]*")/gi, `$1${MASK}`],
];

const QUOTE = String.raw`\\*["']`;
/** Between the words of a list, as Go prints one and as JSON has it: `["redis-cli" "-a" "x"]`. */
const NEXT = String.raw`${QUOTE},?\s*${QUOTE}`;
/** The same programs with their arguments in a list. */
const IN_LISTS: readonly (readonly [RegExp, string])[] = [
  [
    new RegExp(
      String.raw`(["']-(?:u|-(?:proxy-)?user|-(?:src-|dest-)?creds)(?:${NEXT}|=)?[^\s:"'\\]{1,100}:)[^"'\\]+`,
      'g',
    ),
    `$1${MASK}`,
  ],
  [
    new RegExp(
      String.raw`(["']-[paw](?:${NEXT})?)(?<=\b(?:${WITH_PASSWORD}|(?:${WITH_LOGIN})${NEXT}(?:[^\]]{0,60}${NEXT})?login|${MYSQL}|ldap[a-z]+)${QUOTE}[^\]]{0,250})[^"'\\-][^"'\\]*`,
      'g',
    ),
    `$1${MASK}`,
  ],
];

/**
 * Shapes of secrets that turn up in labels, annotations, events, flags and logs. Each keeps what names the secret and
 * masks the secret itself.
 */
export const shapes: readonly (readonly [RegExp, string])[] = [
  // An AWS access key id, and the key that belongs to it.
  [
    /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b([^\n]{1,40}?)(?<![A-Za-z0-9/+])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+])/g,
    `${MASK}$1${MASK}`,
  ],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, MASK],
  ...PREFIXED.map((pattern) => [pattern, MASK] as const),
  ...ADDRESSES,
  ...IN_ADDRESSES,
  ...IN_HEADERS,
  ...IN_COMMANDS,
  ...IN_LISTS,
];
