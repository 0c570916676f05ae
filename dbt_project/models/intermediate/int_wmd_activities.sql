with

wmd_activities as (

    select * from {{ ref('stg_wmd_activities') }}

),

resolution as (

    select * from {{ ref('int_place_resolution') }}

),

final as (

    select
        wmd_activities.activity,
        wmd_activities.organiser,
        resolution.member_id,
        {{ in_year('wmd_activities.held_on') }} as is_of_year,
        wmd_activities.held_on,
        wmd_activities.source_file,
        wmd_activities.source_line
    from wmd_activities
    left join resolution
        on
            wmd_activities.member_key = resolution.place_key
            and resolution.country_key = ''

)

select * from final
