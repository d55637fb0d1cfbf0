/* The lists are facts about public services, by their own documentation; kept by kind, one kind a
 * list, so that a line can be added without knowing the code. */
#include "judge/hosts.h"

#include "judge/names.h"

#include <pthread.h>
#include <stdlib.h>

/* clang-format off */
static const struct names_list lists[] = {
{HOST_FREEMAIL,
	"gmail.com googlemail.com yahoo.com yahoo.co.uk yahoo.co.jp yahoo.co.in yahoo.fr yahoo.de "
	"yahoo.es yahoo.it yahoo.com.br yahoo.com.mx ymail.com rocketmail.com aol.com hotmail.com "
	"hotmail.co.uk hotmail.fr hotmail.de hotmail.it hotmail.es outlook.com outlook.de outlook.fr "
	"outlook.es live.com live.co.uk live.fr live.nl msn.com icloud.com me.com mac.com gmx.de "
	"gmx.net gmx.com gmx.at gmx.ch web.de t-online.de freenet.de mail.de posteo.de mailbox.org "
	"mail.ru bk.ru inbox.ru list.ru internet.ru yandex.ru yandex.com ya.ru rambler.ru proton.me "
	"protonmail.com protonmail.ch pm.me tutanota.com tutanota.de tuta.io tutamail.com keemail.me "
	"zoho.com zohomail.com mail.com email.com usa.com post.com consultant.com engineer.com "
	"europe.com asia.com fastmail.com fastmail.fm hushmail.com qq.com foxmail.com 163.com 126.com "
	"yeah.net sina.com sina.cn sohu.com 139.com naver.com hanmail.net daum.net nate.com "
	"orange.fr wanadoo.fr free.fr laposte.net sfr.fr bbox.fr libero.it virgilio.it tiscali.it "
	"alice.it tin.it bol.com.br uol.com.br terra.com.br ig.com.br terra.es o2.pl wp.pl onet.pl "
	"interia.pl seznam.cz email.cz centrum.cz abv.bg ukr.net i.ua rediffmail.com in.com "
	"excite.com lycos.com inbox.com inbox.lv mailfence.com aim.com juno.com netzero.net "
	"comcast.net verizon.net att.net sbcglobal.net bellsouth.net cox.net btinternet.com sky.com "
	"talktalk.net virginmedia.com bigpond.com optusnet.com.au xtra.co.nz rogers.com "
	"sympatico.ca docomo.ne.jp ezweb.ne.jp i.softbank.jp excite.co.jp nifty.com mynet.com "
	"kpnmail.nl ziggo.nl hetnet.nl telenet.be skynet.be bluewin.ch gmx.us mail2world.com "
	"email.it poste.it katamail.com indiatimes.com netscape.net usa.net mailcity.com eudoramail.com"},
{HOST_CLICK,
	"sendgrid.net list-manage.com mailchimpapp.net mandrillapp.com mcusercontent.com "
	"campaign-archive.com rs6.net constantcontact.com hubspotemail.net hubspotlinks.com "
	"hubspotstarter.net hs-sites.com exacttarget.com exct.net sfmc-content.com marketo.com mktoweb.com "
	"mkt.com pardot.com salesforce.com responsys.net bronto.com bm23.com klaviyomail.com "
	"klclick.com klclick1.com klclick2.com klclick3.com trk.klclick.com sparkpostmail.com "
	"mailgun.org mailgun.net amazonses.com awstrack.me sendinblue.com sibautomation.com brevo.com "
	"mailjet.com mjt.lu createsend.com cmail19.com cmail20.com cmail1.com cmail2.com "
	"createsend1.com createsend4.com activehosted.com acemlna.com acemlnb.com acemlnc.com "
	"emlnk.com getresponse.com gr8.com aweber.com convertkit-mail.com convertkit-mail2.com "
	"convertkit-mail4.com kit-mail.com mailerlite.com mlsend.com mlsend2.com substack.com "
	"substackcdn.com beehiiv.com ghost.io buttondown.email iterable.com links.iterable.com "
	"customeriomail.com customer.io intercom-mail.com intercom-clicks.com braze.com "
	"sailthru.com cheetahmail.com epsl1.com dotdigital-pages.com dotmailer.com r1.dotdigital.com "
	"emarsys.net optivo.net episerver.net inxmail.com inxserver.com cleverreach.com "
	"crsend.com rapidmail.com newsletter2go.com sendpulse.com unisender.com esputnik.com "
	"elasticemail.com smtp2go.com postmarkapp.com pstmrk.it mailtrack.io zcsend.com "
	"zohocampaigns.com maillist-manage.com benchmarkemail.com bmetrack.com icptrack.com "
	"mailpoet.com moosend.com omnisend.com drip.com getdrip.com dripemail2.com "
	"sendlane.com vresp.com verticalresponse.com e-shot.net ontraport.com infusionsoft.com "
	"keap-link.com zendesk.com freshdesk.com atlassian.net click.discord.com"},
{HOST_REWRITER,
	"safelinks.protection.outlook.com urldefense.proofpoint.com urldefense.com urldefense.us "
	"protect-us.mimecast.com protect-eu.mimecast.com protect-de.mimecast.com mimecastprotect.com "
	"linkprotect.cudasvc.com secure-web.cisco.com trendmicro.com clicktime.symantec.com "
	"protect2.fireeye.com protection.sophos.com sophos.com isolate.menlosecurity.com "
	"avanan.click checkpoint.com eu1.safelinks.io hornetsecurity.com deref-gmx.net deref-web.de "
	"deref-mail.com nam.safelink.emails.azure.net"},
{HOST_SHORTENER,
	"bit.ly tinyurl.com t.co goo.gl ow.ly is.gd v.gd buff.ly rebrand.ly cutt.ly rb.gy t.ly "
	"shorturl.at s.id tiny.cc tiny.one lnkd.in bl.ink short.io shorte.st adf.ly bc.vc qrco.de "
	"qr.ae me-qr.com q-r.to scnv.io l.ead.me u.to clck.ru vk.cc surl.li urlz.fr bitly.ws "
	"shrtco.de n9.cl acortar.link abre.ai encurtador.com.br x.gd onl.la urlz.la kutt.it zpr.io "
	"dub.sh dub.co t1p.de kurzelinks.de 2cm.es goo.su shorter.me lc.cx soo.gd linktr.ee "
	"hyperurl.co trib.al dlvr.it j.mp bit.do hypr.ink 1drv.ms aka.ms"},
{HOST_PAGES,
	"github.io gitlab.io pages.dev workers.dev web.app firebaseapp.com netlify.app vercel.app "
	"herokuapp.com onrender.com fly.dev surge.sh glitch.me replit.app repl.co replit.dev "
	"azurewebsites.net azurestaticapps.net trafficmanager.net cloudapp.azure.com azureedge.net "
	"weebly.com weeblysite.com wixsite.com wixstudio.io editorx.io squarespace.com square.site "
	"webflow.io framer.website framer.app carrd.co blogspot.com wordpress.com tumblr.com "
	"godaddysites.com mystrikingly.com yolasite.com webnode.page webnode.com jimdosite.com "
	"jimdofree.com ucoz.net ucoz.ru tilda.ws 000webhostapp.com infinityfreeapp.com byethost.com "
	"rf.gd epizy.com altervista.org sites.google.com script.google.com notion.site gitbook.io "
	"canva.site my.canva.site plesk.page ngrok.io ngrok-free.app trycloudflare.com loca.lt "
	"translate.goog ipfs.io dweb.link cf-ipfs.com cloudflare-ipfs.com fleek.co on.fleek.co "
	"4everland.app w3s.link nftstorage.link myshopify.com bubbleapps.io softr.app glide.page "
	"oss-website.com myfreesites.net site123.me page.link app.link start.page taplink.cc "
	"telegra.ph graph.org teletype.in geocities.com tripod.com angelfire.com freewebs.com "
	"hostinger.app lovable.app base44.app zyrosite.com builderallwppro.com systeme.io "
	"clickfunnels.com leadpages.co unbouncepages.com swtest.ru temp.swtest.ru duckdns.org"},
{HOST_FORMS,
	"forms.gle docs.google.com forms.office.com forms.microsoft.com forms.cloud.microsoft "
	"jotform.com jotform.co jotfor.ms jotformeu.com typeform.com formstack.com wufoo.com "
	"123formbuilder.com cognitoforms.com formsite.com paperform.co forms.app tally.so "
	"surveymonkey.com surveyhero.com smartsurvey.co.uk zohopublic.com forms.zoho.com "
	"formcrafts.com formpl.us emailmeform.com freeonlinesurveys.com airtable.com heyform.net "
	"visme.co forms.yandex.ru forms.yandex.com involve.me fillout.com youform.com formbricks.com"},
{HOST_STORAGE,
	"storage.googleapis.com storage.cloud.google.com firebasestorage.googleapis.com "
	"drive.google.com blob.core.windows.net web.core.windows.net s3.amazonaws.com amazonaws.com "
	"r2.dev r2.cloudflarestorage.com digitaloceanspaces.com linodeobjects.com "
	"backblazeb2.com wasabisys.com aliyuncs.com myqcloud.com objectstorage.oraclecloud.com "
	"appdomain.cloud vultrobjects.com dropbox.com dropboxusercontent.com 1drv.com "
	"onedrive.live.com sharepoint.com box.com mediafire.com mega.nz mega.co.nz wetransfer.com "
	"we.tl transfer.sh file.io gofile.io anonfiles.com sendspace.com 4shared.com pcloud.com "
	"pcloud.link icloud-content.com sync.com filemail.com transfernow.net smash.com "
	"fromsmash.com swisstransfer.com adobeprojectm.com acrobat.adobe.com indd.adobe.com "
	"express.adobe.com new.express.adobe.com canva.com scribd.com issuu.com lucid.app "
	"padlet.com app.box.com evernote.com onenote.com docsend.com zohopublic.eu workdrive.zoho.com"},
{HOST_DYNAMIC,
	"duckdns.org no-ip.org no-ip.com ddns.net hopto.org zapto.org sytes.net serveftp.com "
	"servehttp.com myftp.org myftp.biz dyndns.org dyn.com dynu.net ddnsfree.com freeddns.org "
	"gotdns.com dnsalias.com homeip.net homelinux.org mooo.com chickenkiller.com afraid.org "
	"us.to 3utilities.com bounceme.net redirectme.net nsupdate.info spdns.de selfhost.eu "
	"sslip.io nip.io dynv6.net ydns.eu accesscam.org camdvr.org giize.com gleeze.com kozow.com "
	"loseyourip.com ooguy.com theworkpc.com webredirect.org"},
{HOST_REDIRECT,
	"googleadservices.com doubleclick.net adclick.g.doubleclick.net ad.doubleclick.net "
	"translate.google.com l.facebook.com lm.facebook.com l.instagram.com slack-redir.net "
	"out.reddit.com vk.com away.vk.com href.li anonym.to dereferer.org nullrefer.com "
	"r.search.yahoo.com linkprotect.com exit.sc steamcommunity.com"},
{HOST_SOCIAL,
	"facebook.com fb.com fb.me twitter.com x.com instagram.com linkedin.com youtube.com youtu.be "
	"pinterest.com tiktok.com whatsapp.com wa.me t.me telegram.org telegram.me snapchat.com "
	"threads.net bsky.app mastodon.social vimeo.com xing.com apple.com play.google.com "
	"apps.apple.com itunes.apple.com w3.org schemas.microsoft.com googleapis.com gstatic.com "
	"fonts.googleapis.com gravatar.com googleusercontent.com github.com spotify.com"},
{HOST_REMAILER,
	"googlegroups.com groups.io groups.yahoo.com yahoogroups.com sourceforge.net kernel.org "
	"lists.debian.org debian.org freedesktop.org gnu.org ietf.org apache.org python.org "
	"mail-archive.com freelists.org mailman3.com lists.sr.ht sr.ht onlinegroups.net "
	"listserv.net listbox.com topica.com egroups.com redhat.com exmh.org linux.ie"},
};

static const char *const cheap[] = {
	"top", "xyz", "icu", "click", "club", "buzz", "cyou", "rest", "monster", "bond", "cfd", "sbs",
	"quest", "beauty", "hair", "skin", "makeup", "autos", "boats", "homes", "motorcycles",
	"yachts", "lol", "mom", "pics", "bar", "bid", "loan", "win", "date", "racing", "review",
	"stream", "trade", "party", "science", "download", "accountant", "faith", "cricket", "men",
	"work", "fit", "surf", "kim", "country", "gdn", "link", "live", "store", "shop", "site",
	"online", "website", "space", "fun", "host", "press", "pw", "tk", "ml", "ga", "cf", "gq",
	"vip", "wang", "ren", "support", "life", "today", "zip", "mov", "cam", "uno", "best",
};
/* clang-format on */

static struct names *hosts, *tlds;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void build(void)
{
	struct names_list tld[sizeof(cheap) / sizeof(cheap[0])];

	for (size_t i = 0; i < sizeof(cheap) / sizeof(cheap[0]); i++)
		tld[i] = (struct names_list){0, cheap[i]};
	hosts = names_new(lists, sizeof(lists) / sizeof(lists[0]), true);
	tlds = names_new(tld, sizeof(cheap) / sizeof(cheap[0]), false);
}

/* The last labels of a host, so that one of a hundred labels costs no more than one of six. */
static struct span last_labels(struct span host)
{
	size_t i = host.n, dots = 0;

	while (i > 0 && (host.p[i - 1] != '.' || ++dots < 6))
		i--;
	return span_skip(host, i);
}

unsigned host_kind(struct span host)
{
	host = last_labels(host);
	pthread_once(&once, build);
	while (hosts && host.n) {
		int kind = names_get(hosts, host);
		ssize_t dot = span_index(host, '.');

		if (kind >= 0)
			return (unsigned)kind;
		if (dot < 0)
			break;
		host = span_skip(host, (size_t)dot + 1);
	}
	return 0;
}

bool host_cheap_tld(struct span host)
{
	ssize_t dot = span_rindex(host, '.');

	pthread_once(&once, build);
	return tlds && dot >= 0 && names_get(tlds, span_skip(host, (size_t)dot + 1)) >= 0;
}
