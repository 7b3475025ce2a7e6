// The table of texts, and how a Text becomes a string.
#include "kiosk/flow/texts.h"

#include <algorithm>
#include <map>

#include "kiosk/runtime/check.h"

namespace cardrig::flow {
namespace {

// Refusals say what happened (sentence), what it means for the person (means), and what to do next
// (next), without blame and without codes.
constexpr TextEntry kTable[] = {
    {"raw", "{text}", "{text}"},

    {"brand", "特种作业证件自助终端", "Permit self-service"},
    {"step.document", "刷证", "Card"},
    {"step.face", "核验", "Face"},
    {"step.choose", "选择", "Choose"},
    {"step.print", "制证", "Print"},
    {"step.take", "取证", "Collect"},

    {"button.start", "开始办理", "Start"},
    {"button.agree", "同意并继续", "Agree and continue"},
    {"button.counter", "不同意，去人工柜台", "No, use the staff counter"},
    {"button.help_at_counter", "去人工柜台", "Use the staff counter"},
    {"button.cancel", "退出办理", "Leave"},
    {"button.back", "重新选择", "Choose again"},
    {"button.print", "确认制证", "Print this card"},
    {"button.finish", "完成", "Finish"},
    {"button.more_time", "再给我一些时间", "I need more time"},
    {"button.next_page", "下一页", "Next page"},
    {"button.previous_page", "上一页", "Previous page"},
    {"button.enter_number", "不在列表里？输入号码", "Not listed? Enter a number"},
    {"button.delete", "删除", "Delete"},
    {"button.enter", "查询", "Look up"},
    {"button.go_back", "返回", "Back"},
    {"button.language", "English", "中文"},
    {"button.large_text", "大字显示", "Large text"},
    {"button.usual_text", "标准字号", "Usual text"},

    {"starting.title", "正在启动", "Starting up"},
    {"starting.sentence", "设备自检中，请稍候", "Checking the devices, please wait"},

    {"moment.title", "请稍候", "One moment"},
    {"moment.sentence", "正在准备设备", "Getting the devices ready"},

    {"welcome.title", "自助领证", "Collect your card here"},
    {"welcome.sentence", "请放上身份证，或点开始", "Place your ID card, or touch Start"},
    {"welcome.detail", "可领取：特种作业操作证", "Special operation permits are issued here"},
    {"welcome.old_card", "读卡区有证件，请先取走", "A card lies on the reader: please take it"},

    {"consent.title", "人脸核验告知", "About the face check"},
    {"consent.sentence", "核验人脸需您单独同意", "We need your consent to check your face"},
    {"consent.why", "用途：确认您就是证件的主人。", "Why: to confirm that the ID card is yours."},
    {"consent.how", "方法：现场画面与证件芯片照片比对。",
     "How: the camera picture is compared with the photo in the chip."},
    {"consent.keep", "照片只在本机内处理，比对后立即删除。",
     "Pictures stay inside this machine and are deleted right after."},
    {"consent.else", "不同意也能领证：请到人工柜台。",
     "You may say no: the staff counter will serve you."},

    {"place_card.title", "请放身份证", "Place your ID card"},
    {"place_card.sentence", "平放在读卡区，先别拿走", "Lay it flat on the reader and leave it"},
    {"place_card.sentence.moved", "请重新放好，不要移动",
     "Please place it again and keep it still"},
    {"place_card.sentence.lift", "请拿起证件，再放一次", "Lift the card and place it again"},
    {"place_card.sentence.not_id", "这不是身份证，请换一张", "That is not an ID card, use another"},
    {"place_card.detail", "可用：居民身份证、港澳台居民居住证、外国人永久居留身份证",
     "Accepted: resident ID, residence permit, permanent resident ID"},

    {"take_document.title", "请取回证件", "Take your ID card"},
    {"take_document.sentence", "请拿走读卡区的证件", "Please lift the card off the reader"},

    {"reading.title", "正在读取证件", "Reading your card"},
    {"reading.sentence", "请不要移动证件", "Please do not move the card"},

    {"face.title", "请看摄像头", "Look at the camera"},
    {"face.sentence", "把脸放进圆框里", "Bring your face into the oval"},
    {"face.sentence.no_face", "没有看到您的脸", "We cannot see your face"},
    {"face.sentence.several_faces", "请只留一人在镜头前", "Only one person at a time, please"},
    {"face.sentence.too_far", "请再靠近一点", "Please come a little closer"},
    {"face.sentence.too_dark", "光线太暗，请面向灯光", "Too dark: please face the light"},
    {"face.sentence.blurred", "请站稳，不要晃动", "Please stand still"},
    {"face.sentence.again", "请正对镜头，再试一次", "Face the camera and try again"},
    {"face.sentence.matched", "核验通过", "Face check passed"},
    {"face.detail", "请摘下口罩和墨镜", "Please take off mask and sunglasses"},

    {"checking.title", "正在查询证书", "Looking up your permits"},
    {"checking.sentence", "正在询问考试平台", "Asking the examination platform"},

    {"choose.title", "请选择证书", "Choose a permit"},
    {"choose.sentence", "点一下要领取的证书", "Touch the permit you want"},
    {"choose.greeting", "{name}，您有 {count} 项证书", "{name}, you have {count} permits"},

    {"enter_number.title", "输入号码", "Enter the number"},
    {"enter_number.sentence", "请输入培训号或考试号", "Your training or exam number"},
    {"enter_number.sentence.not_found", "没有找到这个号码", "This number was not found"},
    {"enter_number.sentence.other_person", "这个号码不在您名下", "This number is not yours"},
    {"enter_number.before", "刚才输入的尾号是 {tail}，还可试 {left} 次。",
     "It ended in {tail}. Tries left: {left}."},
    {"enter_number.detail", "号码印在培训证明或准考证上。", "It is on your training or exam slip."},

    {"preview.title", "请核对证书", "Check the card"},
    {"preview.sentence", "核对无误后点确认制证", "If all is right, touch Print"},
    {"preview.holder", "{name}  {number}", "{name}  {number}"},
    {"preview.item", "{category} · {item}", "{category} · {item}"},
    {"preview.masked", "屏幕上隐去部分信息，证书上完整打印。",
     "Parts are hidden on this screen, not on the card."},

    {"printing.title", "正在制证", "Printing your card"},
    {"printing.sentence", "大约需要一分钟", "This takes about a minute"},
    {"printing.title.claiming", "正在确认许可", "Confirming the permit"},
    {"printing.sentence.claiming", "请稍候，不要离开", "Please wait here"},
    {"printing.title.preparing", "正在准备制证", "Preparing the printer"},
    {"printing.sentence.preparing", "请稍候，不要离开", "Please wait here"},
    {"printing.title.retrying", "正在重新制证", "Printing once more"},
    {"printing.sentence.retrying", "刚才的卡有瑕疵，已收起",
     "The first card was faulty and is kept"},
    {"printing.title.settling", "正在核对结果", "Checking the result"},
    {"printing.sentence.settling", "请稍候，马上就好", "Almost done"},
    {"printing.title.retracting", "正在收回证书", "Taking the card back"},
    {"printing.sentence.retracting", "请不要伸手，证书正在收回",
     "Hands off please, card is moving"},

    {"take_card.title", "请取走证书", "Take your card"},
    {"take_card.sentence", "请从出证口取走证书", "Take it from the card outlet"},
    {"take_card.sentence.reminder", "证书即将收回，请取走", "Take it now, or it is taken back"},

    {"done.title", "办理完成", "All done"},
    {"done.sentence", "请带好证书和身份证", "Keep your card and your ID card"},
    {"done.detail", "结果已登记，您的信息已从本机删除。",
     "It is on record; your data are deleted from this machine."},

    {"counter.title", "请到人工柜台", "Please go to the counter"},
    {"counter.sentence", "工作人员会为您办理", "The staff will serve you"},
    {"counter.detail", "不使用人脸核验，同样可以领证。",
     "You can get your card without a face check."},

    {"more_time.title", "还在办理吗？", "Are you still here?"},
    {"more_time.sentence", "还需要时间，请点按钮", "Touch the button for more time"},
    {"more_time.detail", "时间到后会退出，您的信息会被删除。",
     "When time is up we stop and delete your data."},

    {"refused.read_failed.title", "没能读出证件", "The card could not be read"},
    {"refused.read_failed.sentence", "试了几次，没能读出证件", "Several tries, but no success"},
    {"refused.read_failed.means", "证件芯片可能受损，今天无法在这里领证。",
     "The chip may be damaged; this machine cannot serve you."},
    {"refused.read_failed.next", "请带证件到人工柜台办理。",
     "Please take it to the staff counter."},

    {"refused.not_an_id_card.title", "这张卡不能用", "This card cannot be used"},
    {"refused.not_an_id_card.sentence", "读到的不是身份证件", "It is not an identity card"},
    {"refused.not_an_id_card.means", "领证要用本人的身份证件。",
     "Your own ID card is needed here."},
    {"refused.not_an_id_card.next", "请带身份证件再来，或到人工柜台。",
     "Come back with it, or ask at the counter."},

    // A suspected forgery does not accuse: the same words as for any document that needs a look.
    {"refused.document_check.title", "证件需人工核对", "Staff must check the card"},
    {"refused.document_check.sentence", "本机无法核对这张证件", "We cannot check this card here"},
    {"refused.document_check.means", "这不代表您做错了什么，只是要人工看一下。",
     "You did nothing wrong; a person has to look at it."},
    {"refused.document_check.next", "请带证件到人工柜台办理。",
     "Please take it to the staff counter."},

    {"refused.expired.title", "证件已过有效期", "The ID card has expired"},
    {"refused.expired.sentence", "您的身份证件已过有效期", "Your ID card is no longer valid"},
    {"refused.expired.means", "要先换领新的身份证件。", "It has to be renewed first."},
    {"refused.expired.next", "换证后随时再来，证书会保留。",
     "Come back with the new one, any time."},

    {"refused.not_yet_valid.title", "证件还未生效", "The ID card is not valid yet"},
    {"refused.not_yet_valid.sentence", "您的证件还没到生效日期",
     "Its first valid day is still to come"},
    {"refused.not_yet_valid.means", "生效之前不能在这里使用。",
     "Until then it cannot be used here."},
    {"refused.not_yet_valid.next", "请在生效日期之后再来。",
     "Please come back on or after that day."},

    {"refused.too_young.title", "年龄不符合规定", "Age below the rule"},
    {"refused.too_young.sentence", "持证人年龄未到规定", "The holder is below the required age"},
    {"refused.too_young.means", "未满规定年龄不能领取操作证。",
     "A permit cannot be issued before that age."},
    {"refused.too_young.next", "如有疑问，请到人工柜台。",
     "Ask at the counter if you have questions."},

    {"refused.unknown_document.title", "暂不支持此证件", "Card type not supported"},
    {"refused.unknown_document.sentence", "本机还不认识这种证件",
     "This machine does not know it yet"},
    {"refused.unknown_document.means", "不影响您领证，只是要人工办理。",
     "You can still get your permit from the staff."},
    {"refused.unknown_document.next", "请带证件到人工柜台办理。",
     "Please take it to the staff counter."},

    {"refused.rare_name.title", "需要人工制证", "Staff will make your card"},
    {"refused.rare_name.sentence", "姓名中有本机没有的字", "A character of the name is missing"},
    {"refused.rare_name.means", "为免印错您的姓名，本机不制证。",
     "We will not print your name wrongly."},
    {"refused.rare_name.next", "请到人工柜台，当天可以办理。", "Please go to the staff counter."},

    {"refused.photo_unreadable.title", "无法核验人脸", "No face check possible"},
    {"refused.photo_unreadable.sentence", "证件芯片照片读不出来", "The chip photo cannot be used"},
    {"refused.photo_unreadable.means", "没有照片，就不能核对本人。",
     "Without it we cannot confirm that it is you."},
    {"refused.photo_unreadable.next", "请带证件到人工柜台办理。",
     "Please take it to the staff counter."},

    {"refused.different_person.title", "核验没有通过", "The face check did not pass"},
    {"refused.different_person.sentence", "画面与证件照片不一致",
     "Camera and chip photo do not match"},
    {"refused.different_person.means", "只能由本人领取，照片旧也可能如此。",
     "Only the holder can collect; an old photo may be why."},
    {"refused.different_person.next", "本人请带证件到人工柜台。",
     "If it is yours, take it to the staff counter."},

    {"refused.several_faces.title", "镜头前不止一人", "More than one person"},
    {"refused.several_faces.sentence", "核验时只能有一个人", "Only one person may stand here"},
    {"refused.several_faces.means", "这样无法确认是您本人。",
     "We could not tell who the holder is."},
    {"refused.several_faces.next", "请其他人稍退后，再办一次。",
     "Ask others to step back and try again."},

    {"refused.face_unclear.title", "没能看清您的脸", "We could not see you clearly"},
    {"refused.face_unclear.sentence", "画面太暗、太远或模糊",
     "It was too dark, too far or blurred"},
    {"refused.face_unclear.means", "这样无法确认是您本人。",
     "So we could not confirm that it is you."},
    {"refused.face_unclear.next", "请再办一次，或到人工柜台。", "Try again, or go to the counter."},

    {"refused.platform_down.title", "暂时查不到证书", "No answer from the platform"},
    {"refused.platform_down.sentence", "考试平台暂时没有回应", "The platform does not answer now"},
    {"refused.platform_down.means", "您的证书不受影响，只是现在不能制证。",
     "Your permit is safe; it just cannot be printed now."},
    {"refused.platform_down.next", "请稍后再来，或到人工柜台。",
     "Come back later, or ask at the counter."},

    {"refused.platform_wrong.title", "证书需人工核对", "Staff must check the permit"},
    {"refused.platform_wrong.sentence", "平台的回答对不上您的证件",
     "The answer does not fit your card"},
    {"refused.platform_wrong.means", "为免印错，本机没有制证。",
     "To avoid a wrong card, none was printed."},
    {"refused.platform_wrong.next", "请到人工柜台核对信息。",
     "Please have it checked at the counter."},

    {"refused.no_permit.title", "没有可领的证书", "No permit found"},
    {"refused.no_permit.sentence", "平台上没有您的证书", "The platform has no permit for you"},
    {"refused.no_permit.means", "考试通过后，最多三个工作日才能查到。",
     "After the exam it can take three working days."},
    {"refused.no_permit.next", "请过几天再来，或到人工柜台询问。",
     "Come back in a few days, or ask at the counter."},

    {"refused.not_approved.title", "证书还在审批", "Approval is pending"},
    {"refused.not_approved.sentence", "考试已通过，还在审批中", "Exam passed; not approved yet"},
    {"refused.not_approved.means", "审批完成后才能制证。",
     "The card can be printed after approval."},
    {"refused.not_approved.next", "收到通知后再来即可。", "Come back when you are notified."},

    {"refused.revoked.title", "证书已被撤销", "The permit was withdrawn"},
    {"refused.revoked.sentence", "发证机关已撤销此证书", "The authority has withdrawn it"},
    {"refused.revoked.means", "撤销的证书不能制证。", "A withdrawn permit cannot be printed."},
    {"refused.revoked.next", "请到人工柜台了解原因。", "Ask at the counter for the reason."},

    {"refused.already_issued.title", "证书已经领过", "Already collected"},
    {"refused.already_issued.sentence", "这张证书以前已经领取", "This permit was collected before"},
    {"refused.already_issued.means", "每张证书只制一张卡。", "One card is made for each permit."},
    {"refused.already_issued.next", "卡丢了？请到人工柜台补办。",
     "Lost it? The counter can replace it."},

    {"refused.claimed.title", "证书正在办理", "It is being processed"},
    {"refused.claimed.sentence", "证书正在别处办理", "Another machine is working on it"},
    {"refused.claimed.means", "办完或释放后才能再领。", "It is free again when that has ended."},
    {"refused.claimed.next", "请稍后再来，或到人工柜台。",
     "Come back later, or ask at the counter."},

    {"refused.photo_missing.title", "缺少电子照片", "No photo on record"},
    {"refused.photo_missing.sentence", "平台没有您的电子照片", "The platform has no photo of you"},
    {"refused.photo_missing.means", "没有照片，不能自助制证。",
     "Without it no card can be printed here."},
    {"refused.photo_missing.next", "请到人工柜台补照片。", "The counter can add your photo."},

    {"refused.permit_expired.title", "证书已过有效期", "The permit has expired"},
    {"refused.permit_expired.sentence", "这张证书已过有效期", "This permit is no longer valid"},
    {"refused.permit_expired.means", "过期的证书不能制证。",
     "An expired permit cannot be printed."},
    {"refused.permit_expired.next", "请到人工柜台办理换证。", "The counter can renew it."},

    {"refused.claim_refused.title", "现在不能制证", "Cannot be printed now"},
    {"refused.claim_refused.sentence", "平台刚刚没有批准制证", "The platform said no just now"},
    {"refused.claim_refused.means", "证书状态有变化，没有用掉制证次数。",
     "The permit's state changed; nothing was used up."},
    {"refused.claim_refused.next", "请到人工柜台了解原因。", "Ask at the counter for the reason."},

    {"refused.withdrawn.title", "证书刚被撤回", "The permit was just withdrawn"},
    {"refused.withdrawn.sentence", "发证机关刚刚撤回了证书", "The authority withdrew it just now"},
    {"refused.withdrawn.means", "撤回的证书不能制证。", "A withdrawn permit cannot be printed."},
    {"refused.withdrawn.next", "请到人工柜台了解原因。", "Ask at the counter for the reason."},

    {"refused.printer_not_ready.title", "现在不能制证", "The printer is not ready"},
    {"refused.printer_not_ready.sentence", "制证设备暂时不能用", "It cannot print at the moment"},
    {"refused.printer_not_ready.means", "您的证书没有用掉，可以再领。",
     "Your permit is not used; you can still collect it."},
    {"refused.printer_not_ready.next", "请稍后再来，或到人工柜台。",
     "Come back later, or ask at the counter."},

    {"refused.card_spoilt.title", "制证没有成功", "The card came out faulty"},
    {"refused.card_spoilt.sentence", "卡片印坏了，已收在机内", "It was spoilt and is kept inside"},
    {"refused.card_spoilt.means", "您的证书仍然有效，没有丢。", "Your permit is still yours."},
    {"refused.card_spoilt.next", "请到人工柜台领取新卡。", "The counter will make you a new card."},

    {"refused.card_not_taken.title", "证书已收回", "The card was taken back"},
    {"refused.card_not_taken.sentence", "证书没有取走，已收好",
     "It was not taken and is kept safe"},
    {"refused.card_not_taken.means", "证书安全存放在机内。", "It lies safely inside the machine."},
    {"refused.card_not_taken.next", "请到人工柜台领取。", "Please collect it at the counter."},

    {"refused.card_fate_unknown.title", "制证中断了", "Printing was interrupted"},
    {"refused.card_fate_unknown.sentence", "制证中断，需要人工查看",
     "Staff must look inside first"},
    {"refused.card_fate_unknown.means", "您的证书不会丢，也不会重复制证。",
     "Your permit is safe and is not printed twice."},
    {"refused.card_fate_unknown.next", "请联系工作人员。", "Please call the staff."},

    {"refused.journal_failed.title", "现在不能制证", "Cannot be printed now"},
    {"refused.journal_failed.sentence", "本机暂时无法登记", "This machine cannot keep records now"},
    {"refused.journal_failed.means", "不能登记，就不能制证；证书没有用掉。",
     "Without a record none is printed; nothing is used up."},
    {"refused.journal_failed.next", "请到人工柜台办理。", "Please go to the staff counter."},

    {"refused.nothing_free.title", "现在没有可领的证书", "Nothing to collect now"},
    {"refused.nothing_free.sentence", "您的证书现在都不能领取", "None of them can be printed now"},
    {"refused.nothing_free.means", "每一项的原因见下：", "The reason for each:"},
    {"refused.nothing_free.next", "如有疑问，请到人工柜台。",
     "Ask at the counter if you have questions."},
    {"refused.nothing_free.item", "{item}：{why}", "{item}: {why}"},

    {"refused.number_tries.title", "没有查到证书", "No permit was found"},
    {"refused.number_tries.sentence", "三次输入的号码都不对", "Three numbers did not fit"},
    {"refused.number_tries.means", "这不影响您的证书，只是本机查不到。",
     "Your permit is safe; this machine cannot find it."},
    {"refused.number_tries.next", "请带培训证明或准考证到人工柜台。",
     "Take your slip to the staff counter."},

    {"refusal.not_approved", "还在审批", "approval pending"},
    {"refusal.revoked", "已撤销", "withdrawn"},
    {"refusal.already_issued", "已经领过", "already collected"},
    {"refusal.claimed", "正在别处办理", "being processed elsewhere"},
    {"refusal.photo_missing", "缺少电子照片", "no photo on record"},
    {"refusal.permit_expired", "已过有效期", "expired"},

    {"voice.seconds_left", "{n}", "{n}"},

    {"maintenance.title", "维护", "Maintenance"},
    {"maintenance.sentence", "转回钥匙即可退出", "Turn the key back to leave"},
    {"maintenance.busy.sentence", "正在检测，请稍候", "Testing, please wait"},
    {"maintenance.state", "状态：{state}", "State: {state}"},
    {"maintenance.in_service", "可以使用", "in service"},
    {"maintenance_self_test.title", "设备自检", "Self-test"},
    {"maintenance_self_test.sentence", "各设备的检测结果", "What each device answered"},
    {"maintenance_supplies.title", "耗材", "Supplies"},
    {"maintenance_supplies.sentence", "制证机的耗材状态", "What the card printer has left"},
    {"maintenance_counters.title", "计数", "Counters"},
    {"maintenance_counters.sentence", "本次开机以来的卡片", "Cards since switching on"},
    {"maintenance_issuances.title", "最近制证", "Last cards"},
    {"maintenance_issuances.sentence", "姓名和号码已隐去", "Names and numbers are masked"},
    {"maintenance_export_log.title", "导出日志", "Export log"},
    {"maintenance_export_log.sentence", "日志不含完整号码", "It holds no full number"},
    {"maintenance.row.ok", "{what}：正常", "{what}: OK"},
    {"maintenance.row.fault", "{what}：异常（{why}）", "{what}: trouble ({why})"},
    {"maintenance.row.state", "{what}：{state}", "{what}: {state}"},
    {"maintenance.row.count", "{what}：{count}", "{what}: {count}"},
    {"maintenance.row.card", "{time}  {permit}  {outcome}", "{time}  {permit}  {outcome}"},
    {"maintenance.row.card_of", "{time}  {name}  {number}  {outcome}",
     "{time}  {name}  {number}  {outcome}"},
    {"maintenance.row.none", "还没有制过证", "No card was made yet"},
    {"maintenance.row.written", "已写入 {file}", "Written to {file}"},
    {"maintenance.row.unwritten", "没有写成（{why}）", "Not written ({why})"},
    {"device.reader", "读卡器", "ID reader"},
    {"device.camera", "摄像头", "Camera"},
    {"device.printer", "制证机", "Card printer"},
    {"device.board", "控制板", "Control board"},
    {"device.platform", "考试平台", "Exam platform"},
    {"device.journal", "登记存储", "Journal"},
    {"supply.hopper", "空白卡", "Blank cards"},
    {"supply.ribbon", "色带", "Ribbon"},
    {"supply.panels", "色带剩余色块", "Ribbon panels left"},
    {"supply.bin", "废卡盒", "Reject bin"},
    {"supply.rejected", "累计废卡", "Cards rejected in all"},
    {"supply.ok", "充足", "enough"},
    {"supply.low", "快用完", "running low"},
    {"supply.empty", "已用完", "empty"},
    {"supply.missing", "未安装", "not installed"},
    {"supply.unknown", "未知", "unknown"},
    {"bin.full", "已满", "full"},
    {"bin.free", "未满", "not full"},
    {"outcome.delivered", "已领取", "issued"},
    {"outcome.captured", "已收回", "captured"},
    {"outcome.spoilt", "已作废", "spoilt"},
    {"outcome.none", "未制卡", "no card used"},
    {"outcome.unknown", "待查", "unknown"},

    {"out_of_service.title", "暂停服务", "Out of service"},
    {"out_of_service.detail", "请到人工柜台办理，并告知工作人员。",
     "Please use the staff counter, and tell the staff."},
    {"cause.reader.sentence", "读卡器出了问题", "The card reader has a problem"},
    {"cause.reader_self_test.sentence", "读卡器自检没有通过",
     "The card reader failed its self-test"},
    {"cause.reader_not_authorised.sentence", "读卡器没有登记", "The card reader is not registered"},
    {"cause.camera.sentence", "摄像头出了问题", "The camera has a problem"},
    {"cause.control_board.sentence", "出证口传感器出了问题", "The outlet sensor has a problem"},
    {"cause.printer_offline.sentence", "制证机没有连接", "The card printer is not connected"},
    {"cause.printer_fault.sentence", "制证机出了问题", "The card printer has a problem"},
    {"cause.feeder_jam.sentence", "制证机进卡口卡住了", "A card is stuck in the printer's feeder"},
    {"cause.head_jam.sentence", "制证机里卡住了", "A card is stuck in the printer"},
    {"cause.exit_jam.sentence", "制证机出卡口卡住了", "A card is stuck at the printer's exit"},
    {"cause.head_temperature.sentence", "制证机正在降温或升温",
     "The printer is too hot or too cold"},
    {"cause.no_cards.sentence", "空白卡用完了", "There are no blank cards left"},
    {"cause.no_ribbon.sentence", "色带用完了", "The ribbon has run out"},
    {"cause.cover_open.sentence", "制证机的盖子开着", "The printer's cover is open"},
    {"cause.reject_full.sentence", "废卡盒满了", "The reject bin is full"},
    {"cause.outlet_blocked.sentence", "出证口有东西挡住", "Something blocks the card outlet"},
    {"cause.card_spoilt.sentence", "制证没有成功，等待检修",
     "A card was spoilt, waiting for staff"},
    {"cause.card_fate_unknown.sentence", "有一张卡要人工查看", "Staff must look for a card"},
    {"cause.journal.sentence", "登记存储出了问题", "The record store has a problem"},
    {"cause.unsettled.sentence", "上一次制证还没核对完", "The last issue is not settled yet"},
    {"cause.not_authorised.sentence", "平台没有认可本机",
     "The platform does not accept this kiosk"},
};

// The value of a placeholder, or nothing. Names come from us and values from anywhere (a chip, the
// platform): only the name can say, with '@', that the value is itself a key of the table.
std::string value_of(const Text& text, std::string_view name, Language language) {
  for (const auto& [key, value] : text.values) {
    if (key == name) return value;
    if (key.size() == name.size() + 1 && key[0] == '@' && key.substr(1) == name) {
      return render_text(Text{value, {}}, language);
    }
  }
  return {};
}

const std::map<std::string_view, const TextEntry*>& index() {
  static const auto by_key = [] {
    std::map<std::string_view, const TextEntry*> made;
    for (const TextEntry& entry : kTable) CARDRIG_CHECK(made.emplace(entry.key, &entry).second);
    return made;
  }();
  return by_key;
}

}  // namespace

std::span<const TextEntry> text_table() { return kTable; }

const TextEntry* find_text(std::string_view key) {
  const auto found = index().find(key);
  return found == index().end() ? nullptr : found->second;
}

std::string render_text(const Text& text, Language language) {
  if (text.key.empty()) return {};
  const TextEntry* entry = find_text(text.key);
  if (entry == nullptr) std::fprintf(stderr, "no text for the key \"%s\"\n", text.key.c_str());
  CARDRIG_CHECK(entry != nullptr);
  const std::string_view pattern = language == Language::kChinese ? entry->chinese : entry->english;
  std::string out;
  for (std::size_t at = 0; at < pattern.size();) {
    const std::size_t open = std::min(pattern.find('{', at), pattern.size());
    out += pattern.substr(at, open - at);
    if (open == pattern.size()) break;
    const std::size_t close = pattern.find('}', open);
    CARDRIG_CHECK(close != std::string_view::npos);
    out += value_of(text, pattern.substr(open + 1, close - open - 1), language);
    at = close + 1;
  }
  return out;
}

void for_each_text(
    const std::function<void(std::string_view, std::string_view, std::string_view)>& f) {
  for (const TextEntry& entry : kTable) f(entry.key, entry.chinese, entry.english);
}

double progress_at(const Screen& screen, Nanos now) {
  if (screen.progress < 0 || screen.progress_goal < 0 || screen.progress_takes <= Nanos{0}) {
    return screen.progress;
  }
  const double part = std::clamp(static_cast<double>((now - screen.progress_since).count()) /
                                     static_cast<double>(screen.progress_takes.count()),
                                 0.0, 1.0);
  return screen.progress + (screen.progress_goal - screen.progress) * part;
}

}  // namespace cardrig::flow
