with

entries as (

    select * from {{ ref('int_ledger') }}

),

final as (

    select
        reversals.entry_no,
        reversals.posting_date,
        reversals.reverses,
        reversals.amount_eur,
        case
            when reversals.reverses is null then 'no_target'
            when targets.entry_no is null then 'target_not_loaded'
            else 'circular'
        end as reason,
        reversals.source_file,
        reversals.source_line
    from entries as reversals
    left join entries as targets
        on reversals.reverses = targets.entry_no
    where
        reversals.type = 'reversal'
        and (targets.entry_no is null or reversals.is_circular)

)

select * from final
