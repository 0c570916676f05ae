-- One row a reason code of the quarantine.
with

final as (

    select
        reason_code,
        count(*) as rows,
        min(source_file) as first_file
    from landing.quarantine
    group by reason_code

)

select * from final
order by reason_code
