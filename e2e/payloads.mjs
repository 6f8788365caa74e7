// Fifty texts that are harmless only as long as they are text: markup, attributes, addresses, templates, encodings, and
// characters that change what is read.

export const PAYLOADS = [
  "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "\"><svg onload=alert(1)>", "'-alert(1)-'", "{{7*7}}",
  "javascript:alert(1)", "</textarea><script>alert(1)</script>", "<b>bold</b>", "&lt;script&gt;", "${alert(1)}",
  "</title><script>alert(1)</script>", "</style><script>alert(1)</script>", "</pre><img src=x onerror=alert(1)>", "</option></select><img src=x onerror=alert(1)>",
  "--><script>alert(1)</script>", "<!--<img src=\"--><img src=x onerror=alert(1)>", "]]><script>alert(1)</script>", "<![CDATA[<script>alert(1)</script>]]>",
  "<svg><script>alert(1)</script></svg>", "<svg><animate onbegin=alert(1) attributeName=x dur=1s>", "<math><mtext><img src=x onerror=alert(1)></mtext></math>",
  "<iframe srcdoc=\"<script>alert(1)</script>\"></iframe>", "<iframe src=javascript:alert(1)></iframe>", "<object data=javascript:alert(1)></object>",
  "<embed src=javascript:alert(1)>", "<a href=javascript:alert(1)>here</a>", "<form action=javascript:alert(1)><button>here</button></form>",
  "<input autofocus onfocus=alert(1)>", "<details open ontoggle=alert(1)>", "<video><source onerror=alert(1)></video>", "<body onload=alert(1)>",
  "<meta http-equiv=refresh content=\"0;url=javascript:alert(1)\">", "<base href=//example.org/>", "<link rel=stylesheet href=//example.org/x.css>",
  "<style>@import '//example.org/x.css'</style>", "\" autofocus onfocus=alert(1) x=\"", "' autofocus onfocus=alert(1) x='", "` onmouseover=alert(1) `",
  "\" style=\"background:url(//example.org/x)\"", "data:text/html,<script>alert(1)</script>", "java%00script:alert(1)", "&#106;avascript:alert(1)",
  "\\u003cscript\\u003ealert(1)\\u003c/script\\u003e", "%3Cscript%3Ealert(1)%3C/script%3E", "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
  "＜script＞alert(1)＜/script＞", "{% raw %}{{ 7 * 7 }}{% endraw %}", "<%= 7 * 7 %>", "\u202Etxt.exe\u202C <script>alert(1)</script>", "ﷺ🏳️‍🌈<script>alert(1)</script>",
];
