/* What mails of each kind say, in the words of many languages; written for this table. Two points
 * for what hardly an honest mail says, one for what some do: a theme is given from two on. */
#include "judge/check/phrases.h"

#include <pthread.h>

/* clang-format off */
const struct words_group phrase_groups[] = {
/* ---- advance fee ---- */
{THEME_ADVANCE_FEE, 2,
	"next of kin|late husband|my late father|deceased client|unclaimed fund*|inheritance fund*|"
	"million united states dollars|million us dollars|million dollars|transfer the sum of|sum of us$|"
	"sum of $|modalities|foreign partner|business proposal for you|confidential business|"
	"strictly confidential and|your compensation fund*|compensation payment|atm card|atm visa card|"
	"barrister|died intestate|diplomatic courier|consignment box|trunk box|consignment of gold|"
	"god fearing|dying of cancer|diagnosed with cancer|donate my|donation of|charity project|"
	"beneficiary of|contract payment|overdue contract|bank of africa|central bank of nigeria|"
	"reply with your full name|your full names and address|utmost good faith|mutual benefit|"
	"transfer of the fund*|claim your fund*|release of your fund*|your payment file|western union money|"
	"unexecuted|fund beneficiary|scam victim*|i have a proposal for you|investment proposal"},
{THEME_ADVANCE_FEE, 1,
	"dear friend|my dear|beloved one|dearest one|god bless you|i am contacting you|contact me urgently|"
	"solicit your|your assistance|your urgent response|foreign account|security company|widow of|"
	"business proposal|get back to me|my private email|risk free|100% risk free|for further details"},
{THEME_ADVANCE_FEE, 2, /* de, fr, es, it, pt, nl, pl */
	"millionen us-dollar|millionen euro|meines verstorbenen|nachster angehoriger|begunstigter|"
	"erbschaft von|spende von|millions de dollars|millions d'euros|mon defunt mari|don de|legs de|"
	"millones de dolares|mi difunto esposo|herencia de|donacion de|milioni di dollari|milioni di euro|"
	"mio defunto marito|donazione di|milhoes de dolares|meu falecido|heranca de|miljoen dollar|"
	"miljoen euro|mijn overleden|erfenis van|milionow dolarow|mojego zmarlego|spadek po|"
	"миллионов долларов|моего покойного|наследство|milyon dolar|百万美元|遗产"},

/* ---- verify the account ---- */
{THEME_VERIFY, 2,
	"verify your account|verify your _ account|verify your identity|verify your information|"
	"verify your details|verify your email|verify your e-mail|verify your mailbox|verify your billing|"
	"verify account|verify now|verify ownership|confirm your account|confirm your _ account|"
	"confirm your identity|confirm your information|confirm your details|confirm your billing|"
	"confirm ownership|confirm your password|confirm your mailbox|validate your account|"
	"validate your email|validate your mailbox|validate your identity|re-validate|revalidate|"
	"reconfirm your|re-confirm your|authenticate your account|update your account|"
	"update your _ account|update your billing|update your information|update your details|"
	"update your records|update your payment|update your bank|complete the verification|"
	"verification required|verification is required|account verification|identity verification|"
	"complete your kyc|mandatory update|restore your account|restore full access|"
	"security check required|review your account|secure your account"},
{THEME_VERIFY, 2, /* de */
	"konto bestatigen|konto verifizieren|verifizieren sie ihr*|bestatigen sie ihr*|daten bestatigen|"
	"daten aktualisieren|daten abgleich*|aktualisieren sie ihr*|identitat bestatigen|"
	"legitimation erforderlich|legitimieren sie|verifizierung|kundendaten|datenabgleich|"
	"pushtan|photo-tan|phototan|s-pushtan|tan-verfahren|sicherheitsupdate|re-aktivierung|reaktivierung"},
{THEME_VERIFY, 2, /* fr */
	"verifier votre compte|verifiez votre compte|confirmez votre compte|confirmer votre compte|"
	"confirmez vos informations|confirmer vos informations|mettre a jour vos informations|"
	"mettez a jour vos|verifiez votre identite|verifier votre identite|mise a jour de votre|"
	"mise a jour obligatoire|valider votre compte|confirmez votre identite"},
{THEME_VERIFY, 2, /* es, pt, it */
	"verifique su cuenta|verificar su cuenta|confirme su cuenta|confirmar su cuenta|"
	"confirme sus datos|actualice sus datos|actualizar sus datos|verifique su identidad|"
	"confirme su identidad|valide su cuenta|verifique sua conta|verificar sua conta|"
	"confirme seus dados|atualize seus dados|atualizar seus dados|atualizacao cadastral|"
	"confirme sua identidade|validar sua conta|verifica il tuo account|verificare il tuo|"
	"verifica il suo|confermi i suoi dati|conferma i tuoi dati|aggiorna i tuoi dati|"
	"aggiornare i suoi dati|aggiornare i tuoi dati|verifica la tua identita|confermare la tua identita|"
	"convalida il tuo"},
{THEME_VERIFY, 2, /* nl, pl, ru, tr */
	"verifieer uw|bevestig uw|controleer uw gegevens|werk uw gegevens|gegevens bijwerken|"
	"uw identiteit|verificatie vereist|zweryfikuj swoje|potwierdz swoje|zweryfikuj konto|"
	"aktualizacja danych|zaktualizuj swoje|potwierdz tozsamosc|weryfikacja konta|"
	"подтвердите ваш*|подтвердите свой|подтвердите аккаунт|подтвердить аккаунт|подтвердите личность|"
	"обновите данные|hesabinizi dogrulayin|hesabinizi onaylayin|bilgilerinizi guncelleyin|"
	"kimliginizi dogrulayin"},
{THEME_VERIFY, 2, /* ja, zh */
	"本人確認|ご本人様確認|お客様情報の確認|アカウントの確認|アカウント情報の更新|情報を更新|会員情報の更新|"
	"ご利用確認|カード情報の更新|验证您的帐户|验证您的账户|验证您的账号|确认您的账户|更新您的信息|身份验证|账户验证"},

/* ---- the mailbox ---- */
{THEME_MAILBOX, 2,
	"mailbox is full|mailbox is almost full|mailbox full|mailbox quota|mailbox storage|storage quota|"
	"mailbox has exceeded|mailbox size|mailbox limit|email quota|quota exceeded|exceeded its storage|"
	"storage limit|storage is full|storage is almost full|upgrade your mailbox|upgrade your email|"
	"upgrade mailbox|mailbox upgrade|email upgrade|server upgrade|webmail upgrade|"
	"password expires|password will expire|password is set to expire|password expiry|"
	"password expiration|password has expired|password is due to expire|expire today|expires today|"
	"keep my password|keep same password|keep current password|keep your password|"
	"use same password|use current password|retain password|continue with same password|"
	"mailbox will be|mailbox deactivation|deactivate your mailbox|deactivation request|"
	"closing your mailbox|email account will be|old version of webmail|mail version|"
	"outdated version|re-activate your mailbox|maintain your mailbox|new message portal"},
{THEME_MAILBOX, 2,
	"postfach ist voll|postfach ist fast voll|postfachspeicher|speicherplatz ist|speicherlimit|"
	"passwort lauft*|kennwort lauft*|passwort ist abgelaufen|passwort abgelaufen|ihr passwort wird|"
	"passwort beibehalten|boite aux lettres est pleine|boite mail est pleine|quota de stockage|"
	"espace de stockage|mot de passe expire*|mot de passe va expirer|conserver le mot de passe|"
	"buzon esta lleno|cuota de correo|contrasena expira*|contrasena caduca*|su contrasena vence|"
	"mantener la misma contrasena|almacenamiento esta|casella e piena|casella di posta e|"
	"spazio di archiviazione|password scade*|la tua password scadra|caixa de correio|"
	"caixa postal esta|sua senha expira*|senha vai expirar|manter a senha|postvak is vol|"
	"mailbox is vol|wachtwoord verloopt|wachtwoord is verlopen|skrzynka jest pelna|"
	"skrzynka pocztowa|haslo wygasa|haslo wygasnie|почтовый ящик переполнен|срок действия пароля|"
	"пароль истекает|posta kutunuz|parolanizin suresi|sifrenizin suresi|メールボックスの容量|"
	"パスワードの有効期限|パスワードの期限|邮箱已满|邮箱容量|邮箱升级|密码即将过期|密码过期|邮箱停用"},

/* ---- the account is locked ---- */
{THEME_SUSPENDED, 2,
	"account has been suspended|account has been limited|account has been locked|account is locked|"
	"account has been blocked|account will be suspended|account will be closed|account will be locked|"
	"account will be terminated|account will be deactivated|account will be disabled|"
	"account will be deleted|account has been disabled|account has been deactivated|"
	"account has been restricted|account suspension|account suspended|account locked|account limited|"
	"account on hold|account is on hold|temporarily suspended|temporarily limited|temporarily locked|"
	"temporarily restricted|permanently closed|permanently deleted|permanently disabled|"
	"limited access to your|your access has been|unusual activity|suspicious activity|"
	"avoid suspension|avoid termination|avoid deactivation|avoid service interruption|"
	"avoid interruption|service interruption|card has been blocked|card has been suspended|"
	"membership has been suspended|membership will be|reactivate your|re-activate your|unlock your account"},
{THEME_SUSPENDED, 2,
	"konto wurde gesperrt|konto gesperrt|konto wird gesperrt|konto wurde eingeschrankt|"
	"voruber gesperrt|vorubergehend gesperrt|vorubergehend eingeschrankt|kontosperrung|"
	"zugang wird gesperrt|zugang wurde gesperrt|karte wurde gesperrt|sperrung ihres|"
	"ungewohnliche aktivitat*|verdachtige aktivitat*|compte a ete suspendu|compte est suspendu|"
	"compte a ete bloque|compte sera suspendu|compte sera bloque|compte bloque|carte a ete bloquee|"
	"activite inhabituelle|activite suspecte|cuenta ha sido suspendida|cuenta ha sido bloqueada|"
	"cuenta sera suspendida|cuenta bloqueada|cuenta suspendida|actividad inusual|actividad sospechosa|"
	"tarjeta ha sido bloqueada|account e stato sospeso|account e stato limitato|conto e stato bloccato|"
	"account verra sospeso|conto bloccato|carta e stata bloccata|attivita sospetta|attivita insolita|"
	"conta foi suspensa|conta foi bloqueada|conta sera bloqueada|conta sera suspensa|"
	"cartao foi bloqueado|atividade suspeita|account is geblokkeerd|rekening is geblokkeerd|"
	"tijdelijk geblokkeerd|rekening geblokkeerd|verdachte activiteit|konto zostalo zablokowane|"
	"konto zostanie zablokowane|konto zablokowane|podejrzana aktywnosc|аккаунт заблокирован|"
	"аккаунт будет заблокирован|счет заблокирован|карта заблокирована|подозрительная активность|"
	"hesabiniz askiya|hesabiniz kapatil*|hesabiniz kisitlan*|hesabiniz bloke|supheli etkinlik|"
	"アカウントが停止|アカウントを停止|アカウントは停止|利用を制限|ご利用制限|利用制限|"
	"アカウントがロック|不正利用|第三者による|您的账户已被|您的帐户已被|账户已被冻结|账户异常|账号异常|异常登录"},

/* ---- somebody signed in ---- */
{THEME_SIGN_IN, 1,
	"unusual sign-in|unusual sign in|unusual signin|unusual login|new sign-in|new sign in|new login|"
	"sign-in attempt|login attempt|unrecognized device|unrecognised device|new device|"
	"unauthorized access|unauthorised access|unauthorized login|if this wasn't you|"
	"if this was not you|wasn't you|did not recognize|don't recognize this|report the user|"
	"someone signed in|country/region|ip address:|ungewohnliche anmeldung|neue anmeldung|neues gerat|"
	"nouvelle connexion|connexion inhabituelle|inicio de sesion|nuevo dispositivo|accesso insolito|"
	"nuovo accesso|novo acesso|nieuwe aanmelding|nowe logowanie|новый вход|yeni oturum|"
	"不審なログイン|異常なログイン|ログインがありました|新设备登录"},

/* ---- held mail, shared documents ---- */
{THEME_HELD_MAIL, 2,
	"pending messages|pending emails|pending mails|undelivered messages|undelivered mails|"
	"undelivered emails|undelivered incoming|incoming messages could not|messages are pending|"
	"messages pending|emails pending|held messages|messages on hold|emails on hold|"
	"failed to deliver _ messages|failed to sync|failed to deliver incoming|stuck on the server|"
	"release messages|release your messages|release pending|release to inbox|deliver messages|"
	"retrieve messages|retrieve your messages|recover messages|recover your messages|"
	"quarantined messages|quarantined emails|review messages|sync error|synchronization error|"
	"view shared document|shared document|document shared with you|shared a file with you|"
	"shared a document with you|has shared a document|has shared a file|secure document|"
	"secured document|encrypted document|encrypted message|secure message|new voicemail|"
	"voice message|you have a new voice*|received a new voice*|received a voice*|fax document|"
	"new fax|fax received|scanned document|review document|review and sign|view document|"
	"open document|access document|download document|signature required|document to sign|"
	"completed document|payroll adjustment|salary adjustment|salary increase|benefits enrollment"},
{THEME_HELD_MAIL, 2,
	"nicht zugestellte nachrichten|ausstehende nachrichten|neue sprachnachricht|"
	"dokument wurde fur sie freigegeben|messages en attente|messages non distribues|document partage|"
	"nouveau message vocal|mensajes pendientes|correos pendientes|documento compartido|"
	"messaggi in sospeso|documento condiviso|mensagens pendentes|documento compartilhado|"
	"berichten in de wacht|gedeeld document|oczekujace wiadomosci|недоставленные сообщения|"
	"bekleyen mesaj*|未送信メール|保留中のメール|受信メールが|未送达邮件|待处理邮件"},

/* ---- hurry ---- */
{THEME_URGENT, 1,
	"within 24 hours|within 48 hours|within 72 hours|within 12 hours|in 24 hours|24 hours|48 hours|"
	"immediate action|immediate attention|immediate response|act now|action required|urgent|urgently|"
	"final notice|final warning|final reminder|last warning|last reminder|last chance|as soon as possible|"
	"immediately|failure to|will be lost|expires soon|time sensitive|before it's too late|"
	"innerhalb von 24|innerhalb von 48|innerhalb von|letzte mahnung|letzte warnung|sofort|umgehend|"
	"dringend|unverzuglich|handlungsbedarf|dans les 24|sous 24|sous 48|dans les 48|dernier rappel|"
	"immediatement|urgence|en las proximas|en 24 horas|ultimo aviso|inmediatamente|urgente|"
	"entro 24|entro 48|ultimo avviso|immediatamente|imediatamente|em 24 horas|binnen 24|binnen 48|"
	"laatste herinnering|onmiddellijk|dringend verzoek|w ciagu 24|w ciagu 48|natychmiast|pilne|"
	"ostatnie ostrzezenie|в течение 24|немедленно|срочно|24 saat icinde|acilen|hemen|至急|24時間以内|"
	"48時間以内|お早めに|重要なお知らせ|立即|紧急|24小时内|尽快"},

/* ---- payment failed or due ---- */
{THEME_PAYMENT, 1,
	"find enclosed|kindly find|please find attached|see attached|attached is the|attached please find|"
	"specification is in|revert with|earliest reply|scan copy|scanned copy|swift advice|order confirmation|"
	"request for price|price inquiry|new order|purchase order|confirm the bank details|long overdue|"
	"original documents|best price and|delivery time|in the attached file"},
{THEME_PAYMENT, 2,
	"payment declined|payment was declined|payment failed|payment has failed|payment was unsuccessful|"
	"payment could not be processed|unable to process your payment|couldn't process your payment|"
	"problem with your payment|trouble with your _ billing|problem with your billing|billing problem|"
	"billing information is|payment method has|payment method was|payment method expired|"
	"update payment method|update your payment method|outstanding payment|outstanding invoice|overdue invoice|"
	"past due invoice|unpaid invoice|payment advice|remittance advice|swift copy|"
	"proof of payment|payment copy|attached invoice|invoice attached|find attached invoice|"
	"see attached invoice|payment slip|wire transfer|proforma invoice|purchase order attached|"
	"request for quotation|statement of account"},
{THEME_PAYMENT, 2,
	"zahlung fehlgeschlagen|zahlung konnte nicht|zahlungsmethode aktualisieren|offene rechnung|"
	"unbezahlte rechnung|zahlungserinnerung|rechnung im anhang|paiement a ete refuse|paiement refuse|"
	"paiement a echoue|facture impayee|facture en attente|moyen de paiement|pago rechazado|"
	"pago ha sido rechazado|factura pendiente|factura adjunta|metodo de pago|problema con su pago|"
	"pagamento rifiutato|pagamento non riuscito|fattura non pagata|fattura allegata|metodo di pagamento|"
	"pagamento recusado|fatura em aberto|fatura vencida|boleto em anexo|boleto vencido|segunda via|"
	"nota fiscal eletronica|betaling mislukt|betaling is mislukt|openstaande factuur|onbetaalde factuur|"
	"platnosc odrzucona|zalegla faktura|faktura w zalaczniku|nieoplacona faktura|"
	"платеж отклонен|неоплаченный счет|счет на оплату|odemeniz basarisiz|odeme basarisiz|"
	"odenmemis fatura|お支払い方法の更新|お支払い方法|お支払いが|決済に失敗|料金未納|未払い|支付失败|未付款发票"},

/* ---- business mail compromise ---- */
{THEME_BANK_CHANGE, 2,
	"new bank details|new banking details|updated bank details|change of bank|changed our bank|"
	"bank details have changed|banking information has changed|new bank account|"
	"update our banking|update my direct deposit|change my direct deposit|my direct deposit|"
	"direct deposit information|payroll account|before the next payroll|next pay date|"
	"process a wire|wire transfer today|initiate a wire|same day payment|make a payment today|"
	"outgoing payment|transfer today|vendor payment|our account is under audit|account under audit|"
	"neue bankverbindung|geanderte bankverbindung|bankverbindung hat sich|bankverbindung geandert|"
	"uberweisung heute|nouvelles coordonnees bancaires|changement de rib|nouveau rib|virement urgent|"
	"nuevos datos bancarios|cambio de cuenta bancaria|transferencia urgente|nuove coordinate bancarie|"
	"bonifico urgente|nuovo iban|novos dados bancarios|nieuw rekeningnummer|nowy numer konta|"
	"новые банковские реквизиты"},
{THEME_ERRAND, 1,
	"gift cards|gift card|confidential|kindly|at the moment|i need you to|let me know if you|asap"},
{THEME_ERRAND, 2,
	"are you around|are you available now|available right now|surprise some of the staff|surprise the staff|"
	"surprise our staff|get to a store|get to a shop|go to a store|pick up some cards|purchase some cards|"
	"w-2 forms|w-2 copies|list of unpaid|unpaid customer invoices|aging report|ageing report|accounts receivable report|"
	"has to leave today|has to go out today|must go out today|payment to a new|new supplier that|"
	"can you handle a payment|can you process a payment|how soon can you|will explain when i|"
	"i will explain later|going into a meeting|about to enter a meeting|in a conference call"},
{THEME_ERRAND, 2,
	"are you available|are you at your desk|are you in the office|do you have a moment|"
	"do you have a minute|are you free at the moment|need you to run|run an errand|quick task|quick favor|quick favour|"
	"need a favor from you|need a favour from you|itunes card*|"
	"google play card*|steam card*|apple card*|scratch the back|in a meeting right now|"
	"i'm in a meeting|i am in a meeting|can't talk on phone|can't take calls|no calls|"
	"send me your cell*|send me your mobile|send your whatsapp|your personal number|"
	"your cell phone number|keep this between us|keep this confidential|handle this discreetly|"
	"reply only by email|geschenkkarten|gutscheinkarten|bist du im buro|sind sie verfugbar|"
	"cartes cadeaux|etes-vous disponible|tarjetas de regalo|estas disponible|carte regalo|"
	"sei in ufficio|cartoes-presente|cadeaubonnen|karty podarunkowe|подарочные карты"},

/* ---- parcels ---- */
{THEME_PARCEL, 2,
	"package could not be delivered|parcel could not be delivered|package is on hold|"
	"parcel is on hold|package on hold|parcel on hold|package is waiting|parcel is waiting|"
	"your package is pending|your parcel is pending|pending delivery|pending package|pending parcel|"
	"delivery attempt|missed delivery|failed delivery|delivery failed|unable to deliver your|"
	"undeliverable package|customs fee*|customs duty|customs charge*|shipping fee|delivery fee|"
	"redelivery fee|reschedule your delivery|schedule your delivery|reschedule delivery|redelivery|"
	"incomplete address|incorrect address|confirm your address|confirm your shipping|"
	"update your delivery address|awaiting your delivery|unpaid shipping|unpaid customs|"
	"returned to sender|return to the sender|shipment is on hold|shipment on hold|parcel is held"},
{THEME_PARCEL, 2,
	"paket konnte nicht|paket wartet|ihr paket|ihre sendung|sendung wartet|sendung konnte nicht|"
	"zollgebuhr*|versandgebuhr*|zustellung fehlgeschlagen|lieferung fehlgeschlagen|"
	"lieferadresse|sendung ist|colis est en attente|colis en attente|votre colis|frais de livraison|"
	"frais de douane|frais de port|livraison a echoue|frais d'affranchissement|paquete esta|su paquete|"
	"gastos de envio|tasas de aduana|gastos de aduana|envio esta|no pudo ser entregado|il tuo pacco|"
	"il suo pacco|pacco e in|spese di spedizione|spese doganali|consegna non riuscita|sua encomenda|"
	"sua entrega|taxa alfandegaria|taxas alfandegarias|taxa de entrega|encomenda esta|uw pakket|"
	"pakket kon niet|verzendkosten|invoerrechten|douanekosten|twoja paczka|paczka czeka|"
	"oplata celna|doplata do|przesylka zostala|paczka zostala wstrzymana|ваша посылка|посылка ожидает|"
	"таможенный сбор|kargonuz|paketiniz|gumruk ucreti|teslimat basarisiz|お荷物|配達できません|再配達|不在のため|"
	"ご不在|您的包裹|包裹无法|快递|重新派送"},

/* ---- refunds ---- */
{THEME_REFUND, 2,
	"tax refund|eligible for a refund|eligible to receive a refund|refund of|claim your refund|"
	"claim refund|refund is ready|refund notification|refund is pending|you have been overcharged|"
	"double payment|paid twice|rebate|outstanding refund|stimulus payment|energy rebate|"
	"steuererstattung|ruckerstattung|erstattung von|doppelt bezahlt|remboursement de|remboursement d'impot|"
	"vous avez droit a un remboursement|reembolso de|reembolso pendiente|devolucion de impuestos|"
	"devolucion de la renta|rimborso di|rimborso fiscale|rimborso in sospeso|restituicao|"
	"belastingteruggave|teruggave van|zwrot podatku|zwrot nadplaty|возврат налога|возврат средств|"
	"vergi iadesi|iade talebi|還付金|返金|退税|退款"},

/* ---- renewals with a telephone number ---- */
{THEME_RENEWAL, 2,
	"has been renewed|will be renewed today|auto renewal|auto-renewal|automatically renewed|"
	"auto renewed|successfully renewed|auto debit|auto-debit|will be debited|has been debited|"
	"will be charged today|amount will be deducted|amount has been deducted|if you did not authorize|"
	"if you didn't authorize|did not make this purchase|did not place this order|"
	"didn't place this order|to cancel this order|to cancel the order|to cancel the subscription|"
	"cancel or refund|cancel and refund|call our|call us at|call us on|call us immediately|"
	"contact our billing|billing department|helpline|toll free|toll-free|customer care number|"
	"cancellation department|refund department"},

/* ---- prizes ---- */
{THEME_PRIZE, 2,
	"you have won|you've won|you are a winner|you are the winner|lucky winner|winning number*|"
	"winning notification|award notification|lottery|lotto|sweepstake*|claim your prize|claim your reward|"
	"claim your gift|claim your bonus|claims agent|prize money|jackpot|you have been selected|"
	"you've been selected|you were selected|you have been chosen|you've been chosen|"
	"congratulations! you|free iphone|free gift card|exclusive reward|loyalty reward|"
	"sie haben gewonnen|gewinnbenachrichtigung|herzlichen gluckwunsch! sie|gewinner|"
	"sie wurden ausgewahlt|vous avez gagne|vous avez ete selectionne|felicitations! vous|"
	"ha ganado|usted ha sido seleccionado|has sido seleccionado|felicidades! ha|hai vinto|ha vinto|"
	"sei stato selezionato|voce ganhou|foi selecionado|foi sorteado|u heeft gewonnen|je hebt gewonnen|"
	"bent geselecteerd|wygrales|wygrana|zostales wybrany|вы выиграли|выигрыш|поздравляем! вы|"
	"kazandiniz|tebrikler|当選|ご当選|您已中奖|中奖|恭喜您"},

/* ---- blackmail ---- */
{THEME_EXTORTION, 2,
	"your password is|got into all|got into your|access to your devices|access to all your|"
	"access to your accounts|bought access to|list of mailboxes|sent from your own address|"
	"from your own account|have been watching you|have watched you|watched you since|"
	"renews itself every|no antivirus|antivirus sees|page for adults|sites for adults|pressed play|"
	"press of a key|get the clip|the video will be sent|payable in|worth of btc|in btc|"
	"from the moment you opened|the clock is running|do not go to the police|is not mine|"
	"everything is deleted|i will delete|delete the video|your friends and family|family, friends and colleagues"},
{THEME_EXTORTION, 2,
	"i have hacked|i hacked your|your device was infected|infected your device|i infected your|"
	"installed a trojan|installed malware|installed spyware|remote access trojan|your webcam|"
	"your web camera|your camera|recorded a video|recorded you|recorded video|adult sites|adult websites|"
	"porn site*|porn website*|pleasuring yourself|satisfying yourself|masturbat*|"
	"send the video to|your contact list|all your contacts|to all of your contacts|"
	"bitcoin wallet|bitcoin address|btc wallet|btc address|in bitcoin|worth of bitcoin|"
	"my bitcoin|transfer _ in bitcoin|one of your passwords|is your password|i know your password|"
	"your dirty|full control of your|full access to your device|50 hours|double screen|split-screen|"
	"split screen|your embarrassing|ruin your reputation|pegasus"},
{THEME_EXTORTION, 2,
	"ich habe ihr gerat|ihr gerat gehackt|ihre kamera|ihre webcam|in bitcoin uberweisen|pornoseiten|"
	"j'ai pirate|votre webcam|votre appareil a ete|sites pornographiques|portefeuille bitcoin|"
	"he hackeado|su camara|tu camara|sitios porno*|billetera bitcoin|monedero bitcoin|"
	"ho hackerato|tua webcam|siti porno*|portafoglio bitcoin|invadi seu|sua camera|sua webcam|"
	"carteira bitcoin|uw webcam|jouw webcam|gehackt en|wlamalem sie|twoja kamera|portfel bitcoin|"
	"я взломал|ваша камера|вашу камеру|биткоин*|cihaziniza|bitcoin cuzdan*|ビットコイン|比特币"},

/* ---- gains ---- */
{THEME_INVEST, 2,
	"guaranteed returns|guaranteed profit*|guaranteed income|double your money|double your bitcoin|"
	"return on your investment|daily profit*|passive income|financial freedom|make money online|"
	"earn money online|earn extra cash|extra income|quick cash|easy money|cash bonus|"
	"trading platform|trading bot|crypto trading|crypto investment|bitcoin trading|automated trading|"
	"forex trading|invest in bitcoin|investment opportunity|hot stock|stock alert|penny stock|"
	"price target|strong buy|before the market opens|set to explode|next big mover|"
	"double the amount|send any amount|giveaway event|undervalued|airdrop|presale|pre-sale token|free tokens|claim your tokens|"
	"garantierte rendite|passives einkommen|schnell geld|geld verdienen|krypto-handel|"
	"revenus passifs|gagner de l'argent|investissement rentable|ingresos pasivos|ganar dinero|"
	"inversion segura|guadagnare online|reddito passivo|guadagni facili|renda extra|ganhar dinheiro|"
	"dinheiro facil|passief inkomen|geld verdienen|zarabiaj|zarobek|dochod pasywny|"
	"пассивный доход|заработок|инвестиции в|pasif gelir|para kazan*|投資|必ず儲かる|副業|稼げる|被动收入|高回报|赚钱"},
{THEME_WALLET, 2,
	"seed phrase|recovery phrase|secret phrase|secret recovery|12-word|24-word|connect your wallet|"
	"connect wallet|wallet verification|verify your wallet|validate your wallet|wallet will be|"
	"wallet has been|synchronize your wallet|sync your wallet|migrate your|wallet migration|"
	"wallet suspension|unsupported wallet|restore your wallet|unusual withdrawal|withdrawal request|"
	"wallet verifizieren|wallet aktualisieren|verifier votre portefeuille|verifique su billetera"},
{THEME_LOAN, 2,
	"cut your insurance|insurance bill|insurance quotes|car insurance quote|solar panel*|auto warranty|extended warranty|home warranty"},
{THEME_LOAN, 2,
	"lower your mortgage|mortgage rate*|refinance|refinancing|debt consolidation|consolidate your debt|"
	"get out of debt|eliminate debt|bad credit|no credit check|credit score|pre-approved|preapproved|"
	"pre approved|loan offer|personal loan|business loan|business funding|working capital|cash advance|"
	"payday loan|low interest rate|interest rate of|apply for a loan|life insurance|term life|"
	"kredit ohne schufa|sofortkredit|kreditangebot|offre de pret|pret entre particulier*|"
	"oferta de prestamo|prestamo rapido|prestito|offerta di prestito|emprestimo|lening aanbod|"
	"kredyt bez|pozyczka|кредит без|займ|kredi teklifi|融資|借入|贷款"},
{THEME_PHARMA, 2,
	"viagra|cialis|levitra|sildenafil|tadalafil|online pharmacy|canadian pharmacy|no prescription|"
	"without prescription|prescription drugs|weight loss|lose weight|burn fat|fat burn*|belly fat|"
	"keto|diet pill*|human growth hormone|testosterone|male enhancement|penis|erectile|enlargement|"
	"bigger breasts|herbal|anti-aging|anti aging|miracle cure|blood sugar|cbd gummies|cbd oil|"
	"joint pain|toenail fungus|tinnitus|ozempic|semaglutide|potenzmittel|abnehmen|perdre du poids|"
	"bajar de peso|perder peso|disfuncion erectil|dimagrire|perdere peso|emagrecer|afvallen|"
	"lose _ pounds|dropped _ pounds|dropped _ lbs|lose _ lbs|pounds gone|slimming|slim by|"
	"schudnac|odchudzanie|похудеть|похудение|виагра|zayiflama|ダイエット|减肥|伟哥"},
{THEME_ADULT, 2,
	"lonely women|women near you|girls near you|hot women near|wants to meet|want to meet you tonight"},
{THEME_ADULT, 2,
	"adult content|adult dating|hot girls|hot singles|hot women|sexy girls|sexy singles|naked|nude|xxx|"
	"horny|sex dating|casual sex|one night stand|free porn|porn video*|live sex|webcam girls|live cams|"
	"teen girls|local singles|singles in your area|meet women|russian women|ukrainian women|russian brides|"
	"lonely housewives|looking for a serious relationship|looking for a man|my profile and photos|"
	"see my photos|sexy|milf|sexkontakte|heisse frauen|rencontre coquine|femmes celibataires|"
	"mujeres solteras|chicas calientes|donne single|ragazze calde|mulheres solteiras|gratis sex|"
	"знакомства|интим|seks|出会い|人妻|セフレ|成人|约炮"},
{THEME_SEO, 2,
	"white hat|page one within|page 1 within|verified list of|list of companies|network of _ blogs|"
	"well built but|hard to find on google|not ranking|going through your website|visited your website|"
	"came across your website|sponsored article|keyword research|on page optimization|on-page|"
	"quote and samples|send you a quote|send you the price list|send you our price list|"
	"trade show|india based|offshore|affordable price|buyer list|visitors list|companies which visited"},
{THEME_SEO, 2,
	"seo services|seo service|seo expert|seo company|seo proposal|search engine optimization|"
	"search engine ranking*|first page of google|page 1 of google|page one of google|rank on google|"
	"ranking on google|google ranking*|rank your website|errors on your website|issues on your website|"
	"audit of your website|website audit|your website is not|redesign your website|website redesign|"
	"website design|web design and development|web development company|mobile app development|"
	"guest post|guest posting|backlink*|link building|link insertion|sponsored post|domain authority|"
	"email list of|attendees list|attendee list|contact list of|mailing list of|database of|"
	"email database|verified contacts|decision makers|lead generation|qualified leads|bulk email|"
	"targeted traffic|increase traffic|increase your traffic|million email addresses|"
	"email addresses on cd|explainer video|logo design|suchmaschinenoptimierung|erste seite bei google|"
	"referencement naturel|premiere page de google|posicionamiento web|primera pagina de google|"
	"prima pagina di google|primeira pagina do google|eerste pagina van google|"
	"pozycjonowanie|продвижение сайт*|раскрутка сайт*|база данных|рассылк*|seo hizmet*|外贸|询盘"},
{THEME_JOB, 2,
	"get paid from home|earn from home|paid from home|an hour from home|remote job: earn|earn _ an hour|"
	"work from anywhere"},
{THEME_JOB, 2,
	"work from home|work at home|home based business|home-based business|be your own boss|"
	"part time job|part-time job|no experience|no experience necessary|no experience required|"
	"weekly pay|per week salary|earn up to|earn $|500 a day|mystery shopper|secret shopper|"
	"package handler|reshipping|payment processing agent|financial agent|data entry job|personal assistant|"
	"remote position|job offer for you|we reviewed your resume|your resume on|your cv on|"
	"whatsapp for more|via telegram|on telegram|heimarbeit|nebenverdienst|nebenjob|arbeiten von zuhause|"
	"travail a domicile|revenu complementaire|trabajo desde casa|trabaje desde casa|lavoro da casa|"
	"lavora da casa|trabalhe em casa|trabalho em casa|thuiswerk|praca zdalna|praca w domu|"
	"работа на дому|подработка|удаленная работа|evden calis*|在宅ワーク|兼职|刷单"},
{THEME_REPLICA, 2,
	"replica watches|replica|rolex|louis vuitton|designer watches|designer bags|cheap software|"
	"oem software|software at low|cable descrambler|cable tv descrambler|vacation package|"
	"timeshare|printer cartridges|ink cartridges|toner cartridges|dvd copy|copy dvds|copy any dvd|"
	"satellite tv|ray-ban|ray ban|cheap sunglasses|gunstige uhren|repliken|fausses montres|"
	"relojes replica|orologi replica|ブランドコピー|スーパーコピー|高仿"},
{THEME_GAMBLE, 2,
	"free spins|casino|online slots|slot machine*|welcome bonus|deposit bonus|no deposit bonus|"
	"betting tips|sports betting|place your bet*|poker room|blackjack|roulette|freispiele|"
	"willkommensbonus|spielautomaten|wettbonus|tours gratuits|bonus de bienvenue|machines a sous|"
	"paris sportifs|giros gratis|tiradas gratis|bono de bienvenida|tragamonedas|apuestas|giri gratis|"
	"bonus di benvenuto|scommesse|rodadas gratis|apostas|gratis spins|darmowe spiny|"
	"казино|фриспин*|ставки на спорт|bahis|オンラインカジノ|カジノ|赌场|博彩|百家乐"},
{THEME_DIPLOMA, 2,
	"university diploma*|university degree|college degree|no required tests|no tests, classes|"
	"non-accredited|nonaccredited|bachelor, master|bachelors, masters|buy a diploma|phd degree|"
	"life experience degree|дипломы|купить диплом|代开发票|代开|办证"},

/* ---- plain calls, weak alone ---- */
{THEME_CLICK, 1,
	"click here|click below|click the link|click on the link|click the button|click on the button|"
	"click this link|follow the link below|follow this link|log in here|login here|sign in here|"
	"log in now|login now|sign in now|tap here|access here|visit the link|open the attachment|"
	"see attachment|open the attached|download the attach*|hier klicken|klicken sie hier|"
	"klicken sie auf|jetzt anmelden|zum login|hier anmelden|cliquez ici|cliquez sur|cliquer ici|"
	"haga clic|haz clic|pulse aqui|pinche aqui|clicca qui|clicca sul|cliccare qui|clicchi qui|clique aqui|"
	"clique no|klik hier|klik op|kliknij tutaj|kliknij tu|kliknij w|нажмите здесь|нажмите на|"
	"перейдите по ссылке|tiklayin|tiklayiniz|buraya tikla*|こちらをクリック|クリックして|ログインはこちら|"
	"点击此处|点击这里|请点击|点击下方"},
{THEME_OFFER, 1,
	"claim now|before midnight|only few left|only a few left|results are not typical|"
	"this is an advertisement|delivery is free|free shipping|get yours|hurry|exclusive deal|last minute|"
	"lowest prices|special price|best deals|see how it works|answer five short questions"},
{THEME_OFFER, 1,
	"limited time|limited offer|special offer|exclusive offer|special promotion|free trial|order now|"
	"buy now|shop now|save up to|discount|lowest price*|best price*|money back|satisfaction guaranteed|"
	"while supplies last|absolutely free|100% free|for free|no obligation|risk-free|call now|call today|"
	"don't miss|act today|toll free|credit card*|free gift|amazing|incredible|nur heute|sonderangebot|"
	"rabatt|jetzt kaufen|gratis|kostenlos|offre speciale|offre limitee|gratuit|gratuitement|promotion|"
	"oferta especial|oferta limitada|descuento|compra ahora|offerta speciale|offerta limitata|sconto|"
	"acquista ora|oferta exclusiva|desconto|compre agora|frete gratis|aanbieding|korting|"
	"promocja|znizka|rabat|kup teraz|скидка|скидки|акция|бесплатно|indirim|kampanya|ucretsiz|"
	"限定|無料|割引|セール|优惠|折扣|免费|促销"},
{THEME_UNSUBSCRIBE, 1,
	"unsubscribe|opt out|opt-out|optout|manage preferences|email preferences|manage your subscription|"
	"update your preferences|remove me|to be removed|removed from our|remove yourself|you received this email because|"
	"you are receiving this email because|you're receiving this|this email was sent to|view in browser|"
	"view this email in your browser|view online|abmelden|abbestellen|newsletter abbestellen|"
	"im browser ansehen|se desabonner|desabonner|desinscrire|se desinscrire|version en ligne|"
	"darse de baja|cancelar la suscripcion|cancelar suscripcion|ver en el navegador|annulla l'iscrizione|"
	"disiscriviti|cancella iscrizione|cancelar inscricao|descadastrar|afmelden|uitschrijven|wypisz sie|"
	"zrezygnuj z|отписаться|abonelikten|配信停止|退订"},
{THEME_DISCLAIM, 2,
	"to stop getting these|to stop receiving these|stop these mails|to get off our list"},
{THEME_DISCLAIM, 2,
	"this is not spam|not a spam|this email is not spam|not unsolicited|not considered spam|"
	"cannot be considered spam|can not be considered spam|we hate spam|we respect your privacy|one time mailing|"
	"one-time mailing|this message is sent in compliance|in compliance with|s. 1618|senate bill|"
	"section 301|further transmissions|if you wish to be removed|if you no longer wish|"
	"if you do not wish to receive|remove in the subject|with remove in|reply with remove|"
	"type remove|you opted in|you have opted|opt-in|opted-in|our partners|our affiliates|marketing partner*|"
	"strictly prohibited from|no es spam|este correo no puede|ley de|kein spam"},
{THEME_LEGAL, 2,
	"copyright infringement|copyright violation|copyright claim|infringes our|intellectual property violation|"
	"trademark infringement|community standards|violates our|violating our|page will be unpublished|"
	"page will be deleted|submit an appeal|file an appeal|appeal form|court notice|subpoena|"
	"notice to appear|lawsuit|legal action|legal proceedings|arrest warrant|warrant for your|"
	"traffic fine|traffic violation|unpaid toll|toll balance|outstanding toll|parking fine|"
	"urheberrechtsverletzung|vorladung|gerichtliche|mahnbescheid|pfandung|bussgeld|"
	"contravention|amende impayee|convocation|avis d'infraction|multa pendiente|multa de trafico|"
	"citacion judicial|denuncia|multa non pagata|atto giudiziario|multa em aberto|intimacao|"
	"boete|openstaande boete|dagvaarding|mandat karny|wezwanie|повестка|штраф|trafik cezasi|icra|"
	"著作権侵害|侵权|传票"},
{THEME_SURVEY, 2,
	"take our survey|short survey|quick survey|30-second survey|30 second survey|answer a few questions|"
	"complete this survey|complete the survey and|customer reward|survey reward*|your feedback and receive|"
	"get rewarded|kurze umfrage|umfrage teilnehmen|repondez a notre|sondage et recevez|"
	"responda a nuestra|encuesta y|rispondi al sondaggio|responda a pesquisa|vul onze enquete|"
	"wypelnij ankiete|пройдите опрос|anketi|アンケート|问卷"},
/* ---- not themes ---- */
{PHRASE_COINS, 1, "btc|bitcoin|bitcoins|litecoin|monero|usdt|ethereum|биткоин*"},
{PHRASE_WROTE, 1,
	"wrote:|writes:|original message|schrieb|a ecrit|escribio|ha scritto|escreveu|schreef|napisal|"
	"пишет|yazdi"},
{PHRASE_PGP, 1, "begin pgp signed message|begin pgp signature"},
};
/* clang-format on */

const size_t phrase_groups_n = sizeof(phrase_groups) / sizeof(phrase_groups[0]);

static struct words_set *set;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void build(void)
{
	set = words_set_new(phrase_groups, phrase_groups_n);
}

const struct words_set *phrase_set(void)
{
	pthread_once(&once, build);
	return set;
}
