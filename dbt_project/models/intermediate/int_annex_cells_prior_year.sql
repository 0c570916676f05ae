with

released as (

    select * from {{ ref('stg_released_cells') }}

),

final as (

    select
        annex,
        member_id,
        column_name,
        release,
        value
    from released
    where year = {{ report_year() }} - 1

)

select * from final
